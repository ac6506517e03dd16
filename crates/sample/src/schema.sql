CREATE TABLE departments (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  cost_center TEXT NOT NULL
);
CREATE TABLE stores (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  city TEXT NOT NULL,
  country TEXT NOT NULL,
  region TEXT NOT NULL,
  opened_on DATE NOT NULL,
  floor_area INTEGER NOT NULL,
  is_open BOOLEAN NOT NULL
);
CREATE TABLE employees (
  id INTEGER PRIMARY KEY,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  phone TEXT NOT NULL,
  birth_date DATE NOT NULL,
  national_id TEXT NOT NULL,
  job_title TEXT NOT NULL,
  department_id INTEGER NOT NULL REFERENCES departments (id),
  store_id INTEGER REFERENCES stores (id),
  manager_id INTEGER REFERENCES employees (id),
  hire_date DATE NOT NULL,
  salary DECIMAL(12,2) NOT NULL,
  is_active BOOLEAN NOT NULL
);
CREATE TABLE categories (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  parent_id INTEGER REFERENCES categories (id),
  description TEXT
);
CREATE TABLE suppliers (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  contact_name TEXT NOT NULL,
  email TEXT NOT NULL,
  city TEXT NOT NULL,
  country TEXT NOT NULL,
  lead_time_days INTEGER NOT NULL
);
CREATE TABLE products (
  id INTEGER PRIMARY KEY,
  sku TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  category_id INTEGER NOT NULL REFERENCES categories (id),
  supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
  price DECIMAL(12,2) NOT NULL,
  cost DECIMAL(12,2) NOT NULL,
  weight_grams INTEGER NOT NULL,
  launched_on DATE NOT NULL,
  is_active BOOLEAN NOT NULL
);
CREATE TABLE campaigns (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  channel TEXT NOT NULL,
  start_date DATE NOT NULL,
  end_date DATE NOT NULL,
  budget DECIMAL(12,2) NOT NULL,
  discount_percent INTEGER NOT NULL
);
CREATE TABLE customers (
  id INTEGER PRIMARY KEY,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  phone TEXT,
  birth_date DATE,
  address TEXT NOT NULL,
  postal_code TEXT NOT NULL,
  city TEXT NOT NULL,
  country TEXT NOT NULL,
  segment TEXT NOT NULL CHECK (segment IN ('consumer', 'business', 'member')),
  loyalty_points INTEGER NOT NULL DEFAULT 0,
  marketing_consent BOOLEAN NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  store_id INTEGER REFERENCES stores (id),
  employee_id INTEGER REFERENCES employees (id),
  campaign_id INTEGER REFERENCES campaigns (id),
  channel TEXT NOT NULL CHECK (channel IN ('online', 'store', 'phone')),
  status TEXT NOT NULL CHECK (status IN ('pending', 'processing', 'shipped', 'completed', 'cancelled', 'returned')),
  ordered_at DATETIME NOT NULL,
  discount_amount DECIMAL(12,2) NOT NULL,
  shipping_amount DECIMAL(12,2) NOT NULL,
  tax_amount DECIMAL(12,2) NOT NULL,
  total_amount DECIMAL(12,2) NOT NULL
);
CREATE TABLE order_items (
  id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
  product_id INTEGER NOT NULL REFERENCES products (id),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  unit_price DECIMAL(12,2) NOT NULL,
  discount_percent INTEGER NOT NULL,
  line_total DECIMAL(12,2) NOT NULL
);
CREATE TABLE payments (
  id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL REFERENCES orders (id),
  method TEXT NOT NULL CHECK (method IN ('card', 'paypal', 'invoice', 'cash', 'gift card')),
  card_last4 TEXT,
  status TEXT NOT NULL CHECK (status IN ('captured', 'failed', 'refunded', 'pending')),
  amount DECIMAL(12,2) NOT NULL,
  paid_at DATETIME NOT NULL
);
CREATE TABLE billing_transactions (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  order_id INTEGER REFERENCES orders (id),
  type TEXT NOT NULL CHECK (type IN ('charge', 'refund', 'membership')),
  invoice_number TEXT NOT NULL,
  amount DECIMAL(12,2) NOT NULL,
  fee_amount DECIMAL(12,2) NOT NULL,
  currency TEXT NOT NULL DEFAULT 'EUR',
  booked_at DATETIME NOT NULL
);
CREATE TABLE shipments (
  id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL REFERENCES orders (id),
  carrier TEXT NOT NULL,
  tracking_number TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL CHECK (status IN ('preparing', 'in transit', 'delivered', 'lost')),
  shipped_at DATETIME,
  delivered_at DATETIME,
  shipping_cost DECIMAL(12,2) NOT NULL
);
CREATE TABLE returns (
  id INTEGER PRIMARY KEY,
  order_item_id INTEGER NOT NULL UNIQUE REFERENCES order_items (id),
  quantity INTEGER NOT NULL,
  reason TEXT NOT NULL,
  refund_amount DECIMAL(12,2) NOT NULL,
  returned_at DATETIME NOT NULL
);
CREATE TABLE reviews (
  id INTEGER PRIMARY KEY,
  product_id INTEGER NOT NULL REFERENCES products (id),
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
  title TEXT NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE TABLE inventory (
  store_id INTEGER NOT NULL REFERENCES stores (id),
  product_id INTEGER NOT NULL REFERENCES products (id),
  quantity INTEGER NOT NULL,
  reorder_level INTEGER NOT NULL,
  counted_on DATE NOT NULL,
  PRIMARY KEY (store_id, product_id)
) WITHOUT ROWID;
CREATE TABLE web_sessions (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER REFERENCES customers (id),
  campaign_id INTEGER REFERENCES campaigns (id),
  started_at DATETIME NOT NULL,
  duration_seconds INTEGER NOT NULL,
  page_views INTEGER NOT NULL,
  device TEXT NOT NULL CHECK (device IN ('mobile', 'desktop', 'tablet')),
  source TEXT NOT NULL,
  country TEXT NOT NULL,
  converted BOOLEAN NOT NULL
);
