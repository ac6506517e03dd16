CREATE INDEX employees_store ON employees (store_id);
CREATE INDEX employees_department ON employees (department_id);
CREATE INDEX products_category ON products (category_id);
CREATE INDEX products_supplier ON products (supplier_id);
CREATE INDEX customers_country_city ON customers (country, city);
CREATE INDEX customers_created ON customers (created_at);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_ordered ON orders (ordered_at);
CREATE INDEX orders_open ON orders (status) WHERE status IN ('pending', 'processing');
CREATE INDEX order_items_order ON order_items (order_id);
CREATE INDEX order_items_product ON order_items (product_id);
CREATE INDEX payments_order ON payments (order_id);
CREATE INDEX billing_transactions_customer ON billing_transactions (customer_id);
CREATE INDEX billing_transactions_booked ON billing_transactions (booked_at);
CREATE INDEX shipments_order ON shipments (order_id);
CREATE INDEX reviews_product ON reviews (product_id);
CREATE INDEX web_sessions_started ON web_sessions (started_at);

CREATE VIEW order_summaries AS
  SELECT o.id AS order_id, o.ordered_at, o.status, o.channel, c.first_name || ' ' || c.last_name AS customer,
         c.country, s.name AS store, o.total_amount
  FROM orders AS o JOIN customers AS c ON c.id = o.customer_id LEFT JOIN stores AS s ON s.id = o.store_id;
CREATE VIEW product_sales AS
  SELECT p.id AS product_id, p.name AS product, g.name AS category, sum(i.quantity) AS units_sold,
         round(sum(i.line_total), 2) AS sales
  FROM products AS p JOIN categories AS g ON g.id = p.category_id JOIN order_items AS i ON i.product_id = p.id
       JOIN orders AS o ON o.id = i.order_id AND o.status <> 'cancelled'
  GROUP BY p.id, p.name, g.name;
CREATE VIEW customer_lifetime_value AS
  SELECT c.id AS customer_id, c.first_name || ' ' || c.last_name AS customer, c.country, count(o.id) AS order_count,
         round(coalesce(sum(o.total_amount), 0), 2) AS lifetime_value, max(o.ordered_at) AS last_order_at
  FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id AND o.status <> 'cancelled'
  GROUP BY c.id;
CREATE VIEW sales_overview AS
  SELECT strftime('%Y-%m', ordered_at) AS period, count(*) AS order_count, round(sum(total_amount), 2) AS sales
  FROM orders WHERE status <> 'cancelled' GROUP BY 1;

ANALYZE;
