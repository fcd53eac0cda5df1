//! What people do all day, once as a request of wrk and once as pgbench's transaction: the same statements on the
//! same rows behind the same gate.

/// The clinics of a task, by number: half of the work is the big one's, the other half is spread over the others.
#[derive(Clone, Copy)]
pub(super) struct Mix {
    pub(super) big: u32,
    pub(super) low: u32,
    pub(super) high: u32,
}

impl Mix {
    /// One clinic alone.
    pub(super) fn only(clinic: u32) -> Mix {
        Mix { big: clinic, low: clinic, high: clinic }
    }

    /// All of them, the big one first.
    pub(super) fn clinics(self) -> impl Iterator<Item = u32> {
        std::iter::once(self.big).chain((self.low..=self.high).filter(move |n| *n != self.big))
    }
}

/// One thing that people do.
pub(super) struct Task {
    pub(super) name: &'static str,
    /// `request` of wrk's script, and what it needs before it.
    pub(super) lua: String,
    /// pgbench's script, which draws a clinic as wrk's does.
    pub(super) sql: String,
    pub(super) clinics: Mix,
    /// The share of pgbench's transactions that must be reached.
    pub(super) share: f64,
}

/// Those whose share of pgbench's transactions is promised.
pub(super) fn shared() -> [Task; 4] {
    let mixed = Mix { big: 1, low: 101, high: 109 };
    [
        Task {
            name: "patient list, 20 rows",
            lua: include_str!("lua/list.lua").into(),
            sql: include_str!("sql/list.sql").into(),
            clinics: mixed,
            share: 0.40,
        },
        Task {
            name: "chart",
            lua: include_str!("lua/chart.lua").into(),
            sql: chart(),
            clinics: mixed,
            share: 0.40,
        },
        Task {
            name: "check-in",
            lua: include_str!("lua/check_in.lua").into(),
            sql: check_in(),
            clinics: Mix { big: 1, low: 2, high: 10 },
            share: 0.45,
        },
        Task {
            name: "queue board, HTML",
            lua: include_str!("lua/board.lua").into(),
            sql: board(),
            clinics: Mix { big: 2, low: 101, high: 109 },
            share: 0.35,
        },
    ]
}

fn chart() -> String {
    let patient = "('01900000-0000-7000-8000-' || lpad(to_hex(:n::int), 12, '0'))::uuid";
    let timeline = statement(
        include_str!("../../chart/timeline.sql"),
        &[
            ":clinic::bigint",
            patient,
            "null",
            "timestamptz '2126-01-01'",
            "uuid 'ffffffff-ffff-ffff-ffff-ffffffffffff'",
            "21",
            "true",
            "false",
            "now() + interval '1 day'",
        ],
    );
    include_str!("sql/chart.sql").replace("{timeline}", &timeline)
}

fn check_in() -> String {
    let visit =
        statement(include_str!("../../visits/find.sql"), &[":clinic::bigint", ":visit::uuid"]);
    include_str!("sql/check_in.sql").replace("{visit}", &visit)
}

/// The queue of today; also the page on which the gate is compared with a plain setting.
pub(super) fn board() -> String {
    // As many of each column as a screen holds.
    let of_today = [":clinic::bigint", ":today::date", "null", "10", "30", "10"];
    let board = statement(include_str!("../../visits/board.sql"), &of_today);
    include_str!("sql/board.sql").replace("{board}", &board)
}

/// The search for what stands in `bench.terms`.
pub(super) fn search() -> String {
    let range = [
        "'bench-1'",
        "decode(:secret, 'hex')",
        ":low::text",
        ":high::text",
        ":lows::text[]",
        ":highs::text[]",
        ":low::text",
        "'00000000-0000-0000-0000-000000000000'::uuid",
        "21",
    ];
    let search = statement(include_str!("../../patients/search.sql"), &range);
    include_str!("sql/search.sql").replace("{search}", &search)
}

/// A statement of the service with pgbench's variables for its parameters, and without comments.
fn statement(sql: &str, parameters: &[&str]) -> String {
    let lines: Vec<&str> =
        sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let mut text = lines.join("\n");
    for (at, value) in parameters.iter().enumerate().rev() {
        text = text.replace(&format!("${}", at + 1), value);
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_parameter_is_left() {
        for sql in shared().map(|task| task.sql).iter().chain([&search()]) {
            let open: Vec<&str> = sql.lines().filter(|line| line.contains('$')).collect();
            assert!(open.is_empty(), "{open:?}");
        }
    }
}
