//! Orders and all that follows from them: lines, payments, billing, shipments, returns, reviews.

use crate::{
    calendar::Calendar,
    euros,
    goods::{Campaign, Product},
    insert,
    people::Staff,
    random::Random,
    words::{CARRIERS, RETURN_REASONS, REVIEW_TITLES},
};
use anyhow::Result;
use rusqlite::{Connection, Statement, params};

const ORDERS: usize = 24_000;

/// What trading needs to know of the rest.
pub struct Shop {
    pub staff: Staff,
    pub goods: Vec<Product>,
    pub campaigns: Vec<Campaign>,
    /// The day each customer registered, rising.
    pub customers: Vec<usize>,
}

/// The statements, prepared once, and the ids given so far.
struct Books<'db> {
    order: Statement<'db>,
    item: Statement<'db>,
    payment: Statement<'db>,
    billing: Statement<'db>,
    shipment: Statement<'db>,
    returned: Statement<'db>,
    review: Statement<'db>,
    items: i64,
    payments: i64,
    billings: i64,
    shipments: i64,
    returns: i64,
    reviews: i64,
}

struct Order {
    id: i64,
    customer: i64,
    day: i64,
    at: String,
    channel: &'static str,
    status: &'static str,
    total: i64,
}

struct Line {
    product: usize,
    quantity: i64,
    price: i64,
    percent: i64,
    total: i64,
}

pub fn orders(db: &Connection, calendar: &Calendar, shop: &Shop) -> Result<()> {
    let mut random = Random::new(31);
    let mut books = Books::open(db)?;
    let mut id = 0;
    for (day, count) in calendar.spread(ORDERS).into_iter().enumerate() {
        for _ in 0..count {
            id += 1;
            books.order(id, day, calendar, shop, &mut random)?;
        }
        if day % 30 == 0 {
            books.memberships(day, calendar, shop, &mut random)?;
        }
    }
    Ok(())
}

impl<'db> Books<'db> {
    fn open(db: &'db Connection) -> Result<Self> {
        Ok(Self {
            order: insert(db, "orders", 12)?,
            item: insert(db, "order_items", 7)?,
            payment: insert(db, "payments", 7)?,
            billing: insert(db, "billing_transactions", 9)?,
            shipment: insert(db, "shipments", 8)?,
            returned: insert(db, "returns", 6)?,
            review: insert(db, "reviews", 6)?,
            items: 0,
            payments: 0,
            billings: 0,
            shipments: 0,
            returns: 0,
            reviews: 0,
        })
    }

    fn order(
        &mut self,
        id: i64,
        day: usize,
        calendar: &Calendar,
        shop: &Shop,
        random: &mut Random,
    ) -> Result<()> {
        let running = shop.campaigns.iter().position(|c| c.first <= day && day <= c.last);
        let campaign = running.filter(|_| random.percent(36));
        let percent = campaign.map_or(0, |c| shop.campaigns[c].percent);
        let lines = lines(day, shop, percent, random);
        let channel = random.weighted(&[("online", 66), ("store", 29), ("phone", 5)]);
        let staff = (channel == "store").then(|| random.skewed(shop.staff.len()));
        let seller = staff.filter(|s| !shop.staff[*s].is_empty());
        let seller = seller.map(|s| random.pick(&shop.staff[s]));
        let goods: i64 = lines.iter().map(|l| l.total).sum();
        let full: i64 = lines.iter().map(|l| l.price * l.quantity).sum();
        let shipping = if channel == "store" || goods >= 7_500 { 0 } else { 490 };
        let total = goods + shipping;
        let age = calendar.len() - 1 - day;
        let order = Order {
            id,
            customer: customer(day, shop, random),
            day: day as i64,
            at: calendar.moment(day as i64, random).unwrap_or_default(),
            channel,
            status: status(channel, age, random),
            total,
        };
        self.order.execute(params![
            id,
            order.customer,
            staff.map(|s| s as i64 + 1),
            seller,
            campaign.map(|c| c as i64 + 1),
            channel,
            order.status,
            order.at,
            euros(full - goods),
            euros(shipping),
            // Value added tax of 19 % is part of the price.
            euros(total * 19 / 119),
            euros(total)
        ])?;
        let first_item = self.items + 1;
        for line in &lines {
            self.items += 1;
            self.item.execute(params![
                self.items,
                id,
                line.product as i64 + 1,
                line.quantity,
                euros(line.price),
                line.percent,
                euros(line.total)
            ])?;
        }
        if order.status != "cancelled" {
            self.pay(&order, random)?;
            self.ship(&order, calendar, random)?;
        }
        if matches!(order.status, "completed" | "returned") {
            self.after(&order, first_item, &lines, calendar, random)?;
        }
        Ok(())
    }

    fn pay(&mut self, order: &Order, random: &mut Random) -> Result<()> {
        let ways: &[(&str, usize)] = match order.channel {
            "store" => &[("card", 58), ("cash", 36), ("gift card", 6)],
            _ => &[("card", 46), ("paypal", 34), ("invoice", 17), ("gift card", 3)],
        };
        let method = random.weighted(ways);
        let card = (method == "card").then(|| format!("{:04}", random.below(10_000)));
        let mut row = |status: &str| {
            self.payments += 1;
            let amount = euros(order.total);
            self.payment.execute(params![
                self.payments,
                order.id,
                method,
                card,
                status,
                amount,
                order.at
            ])
        };
        if random.percent(2) {
            row("failed")?;
        }
        row(match order.status {
            "returned" => "refunded",
            "pending" => "pending",
            _ => "captured",
        })?;
        if order.status != "pending" {
            let fee = if method == "cash" { 0 } else { order.total * 14 / 1_000 + 10 };
            let customer = order.customer;
            self.bill(customer, Some(order.id), "charge", order.total, fee, &order.at)?;
        }
        Ok(())
    }

    fn bill(
        &mut self,
        customer: i64,
        order: Option<i64>,
        kind: &str,
        amount: i64,
        fee: i64,
        at: &str,
    ) -> Result<()> {
        self.billings += 1;
        let number = format!("INV-{}-{:06}", &at[..4], self.billings);
        self.billing.execute(params![
            self.billings,
            customer,
            order,
            kind,
            number,
            euros(amount),
            euros(fee),
            "EUR",
            at
        ])?;
        Ok(())
    }

    fn ship(&mut self, order: &Order, calendar: &Calendar, random: &mut Random) -> Result<()> {
        if order.channel == "store" || order.status == "pending" {
            return Ok(());
        }
        let sent = order.day + random.between(1, 2);
        let shipped = match order.status {
            "processing" => None,
            _ => calendar.moment(sent, random),
        };
        let lost = random.below(1_000) < 4;
        let arrived = sent + random.between(1, 5);
        let delivered = match order.status {
            "completed" | "returned" if !lost => calendar.moment(arrived, random),
            _ => None,
        };
        let status = match (&shipped, &delivered) {
            (None, _) => "preparing",
            (_, Some(_)) => "delivered",
            _ if lost => "lost",
            _ => "in transit",
        };
        self.shipments += 1;
        let carrier = random.weighted(CARRIERS);
        let tracking = format!("QS{:09}", self.shipments * 7_919 % 1_000_000_007);
        let cost = euros(random.between(310, 890));
        self.shipment.execute(params![
            self.shipments,
            order.id,
            carrier,
            tracking,
            status,
            shipped,
            delivered,
            cost
        ])?;
        Ok(())
    }

    /// What comes back and what people say, weeks later.
    fn after(
        &mut self,
        order: &Order,
        first_item: i64,
        lines: &[Line],
        calendar: &Calendar,
        random: &mut Random,
    ) -> Result<()> {
        for (item, line) in (first_item..).zip(lines) {
            let whole = order.status == "returned";
            let back = calendar.moment(order.day + random.between(8, 14), random);
            if let (true, Some(at)) = (whole || random.below(1_000) < 12, back) {
                self.returns += 1;
                let reason = random.weighted(RETURN_REASONS);
                let refund = euros(line.total);
                self.returned.execute(params![
                    self.returns,
                    item,
                    line.quantity,
                    reason,
                    refund,
                    at
                ])?;
                self.bill(order.customer, Some(order.id), "refund", -line.total, 0, &at)?;
            }
            let said = calendar.moment(order.day + random.between(8, 40), random);
            if let (true, Some(at)) = (random.percent(8), said) {
                self.reviews += 1;
                let rating = random.weighted(&[(1usize, 5), (2, 7), (3, 15), (4, 33), (5, 40)]);
                let title = random.pick(REVIEW_TITLES[rating - 1]);
                let product = line.product as i64 + 1;
                self.review.execute(params![
                    self.reviews,
                    product,
                    order.customer,
                    rating as i64,
                    title,
                    at
                ])?;
            }
        }
        Ok(())
    }

    /// Membership fees of one month, which no order has.
    fn memberships(
        &mut self,
        day: usize,
        calendar: &Calendar,
        shop: &Shop,
        random: &mut Random,
    ) -> Result<()> {
        let known = shop.customers.partition_point(|d| *d < day);
        for customer in (0..known).step_by(60) {
            let at = calendar.moment(day as i64, random).unwrap_or_default();
            self.bill(customer as i64 + 1, None, "membership", 990, 24, &at)?;
        }
        Ok(())
    }
}

/// A customer who has registered by that day: often a new one, else rather an old one.
fn customer(day: usize, shop: &Shop, random: &mut Random) -> i64 {
    let known = shop.customers.partition_point(|d| *d <= day).max(1);
    let recent = known.min(40);
    let index =
        if random.percent(30) { known - 1 - random.below(recent) } else { random.skewed(known) };
    index as i64 + 1
}

fn lines(day: usize, shop: &Shop, percent: i64, random: &mut Random) -> Vec<Line> {
    let count = random.weighted(&[(1usize, 38), (2, 30), (3, 17), (4, 9), (5, 6)]);
    let mut lines: Vec<Line> = Vec::with_capacity(count);
    while lines.len() < count {
        let product = random.skewed(shop.goods.len());
        let taken = lines.iter().any(|l| l.product == product);
        if taken || shop.goods[product].launched > day {
            continue;
        }
        let quantity = random.weighted(&[(1, 72), (2, 19), (3, 6), (4, 3)]);
        let price = shop.goods[product].price_cents;
        let total = price * quantity * (100 - percent) / 100;
        lines.push(Line { product, quantity, price, percent, total });
    }
    lines
}

/// Orders of the last days are still under way.
fn status(channel: &str, age: usize, random: &mut Random) -> &'static str {
    if random.below(1_000) < 32 {
        return "cancelled";
    }
    match (channel, age) {
        ("store", _) => "completed",
        (_, 0) => random.weighted(&[("pending", 60), ("processing", 40)]),
        (_, 1..=2) => random.weighted(&[("processing", 55), ("shipped", 45)]),
        (_, 3..=6) => random.weighted(&[("shipped", 70), ("completed", 30)]),
        (_, 7..=20) => "completed",
        _ => random.weighted(&[("completed", 960), ("returned", 40)]),
    }
}
