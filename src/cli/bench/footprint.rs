//! How soon a service is ready, how much memory it takes, and what open queue boards cost.

use std::io::Read;
use std::net::TcpStream;
use std::time::Duration;

use super::Outcome;
use super::cpu;
use super::house::House;
use super::report::{Report, Target};

/// How many people leave the queue open.
const BOARDS: u32 = 200;

/// Called last: the height of the memory is that of all that was measured before.
pub(super) fn measure(house: &House, report: &mut Report) {
    let service = &house.many.service;
    let ready = service.ready.as_secs_f64();
    report.figure("start, after migrate", ready, Target::AtMost(1.0), " s");
    let idle = service.idle_mebibytes;
    report.figure("resident memory, idle", idle, Target::AtMost(64.0), " MiB");
    let height = cpu::mebibytes(service.pid(), "VmHWM");
    report.figure("resident memory, under load", height, Target::AtMost(128.0), " MiB");
}

/// What it costs that they are open.
pub(super) fn boards(house: &House, seconds: u32, report: &mut Report) -> Outcome {
    let site = &house.many;
    let (service, postgres) = (site.service.pid(), house.postgres_pid()?);
    let mut open: Vec<TcpStream> = Vec::new();
    for at in 0..BOARDS {
        let turn = usize::try_from(at)? % site.seats.len();
        let seat = site.seats.get(turn).ok_or("nobody sits anywhere")?;
        let path = format!("/clinic/{}/api/v1/queue/events", seat.slug);
        let mut stream = site.service.ask(&path, &seat.bearer())?;
        let mut greeting = [0; 12];
        stream.read_exact(&mut greeting)?;
        if !greeting.ends_with(b"200") {
            return Err("a board was refused".into());
        }
        open.push(stream);
    }
    std::thread::sleep(Duration::from_secs(1));
    // What the boards make the service and its backends do; checkpoints and the vacuum after the filling are no board's.
    let used = || cpu::cpu(service) + cpu::backends(postgres, "polyclinic_app");
    let before = used();
    // Longer than a heartbeat, at which every board proves its session again.
    let watched = Duration::from_secs(seconds.max(16).into());
    std::thread::sleep(watched);
    let spent = used().saturating_sub(before);
    drop(open);
    let percent = spent.as_secs_f64() / watched.as_secs_f64() * 100.0;
    report.figure(&format!("{BOARDS} open boards: of a core"), percent, Target::AtMost(2.0), " %");
    Ok(())
}
