//! What one input costs a switchboard with many members, and how long a day of calls takes. Prints one line of JSON.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod board;
mod day;
mod queues;

use std::time::Instant;

use board::{Board, caller_hangs_up, member_answers};

/// Inputs of each measurement, at least.
const INPUTS: u64 = 200_000;
/// The best of several runs: whatever else the machine does only adds.
const RUNS: u32 = 5;

fn main() {
    // `queued WAITING MEMBERS CALLS`: one case alone, for tools that count instructions and misses; the difference of
    // two runs leaves out what the start costs.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [what, waiting, members, calls] = &words[..]
        && what == "queued"
    {
        let [waiting, members, calls] = [waiting, members, calls].map(|word| word.parse().unwrap());
        return println!("{:?}", queues::cost(waiting, members, calls));
    }
    lines();
    let cost = |members: u64| (0..RUNS).map(|_| cost_us(members)).fold(f64::INFINITY, f64::min);
    let (ten, hundred, thousand) = (cost(10), cost(100), cost(1_000));
    let day = (0..RUNS).map(|_| day_s()).fold(f64::INFINITY, f64::min);
    println!(
        "{{\"us_per_input_10\":{ten:.3},\"us_per_input_100\":{hundred:.3},\"us_per_input_1000\":{thousand:.3},\
         \"ratio_1000_to_10\":{:.3},\"day_of_{}_calls_s\":{day:.3}}}",
        thousand / ten,
        day::CALLS
    );
}

/// Nine of ten members talk. The call that has lasted longest ends, and a new one comes, is offered, rings and is
/// answered: five inputs.
fn cost_us(members: u64) -> f64 {
    let mut board = Board::new(members);
    let busy = members * 9 / 10;
    for call in 0..busy {
        board.arrive(call);
        member_answers(&mut board, call);
    }
    board.inputs = 0;
    let began = Instant::now();
    let mut call = busy;
    while board.inputs < INPUTS {
        caller_hangs_up(&mut board, call - busy);
        board.arrive(call);
        member_answers(&mut board, call);
        call += 1;
    }
    let spent = began.elapsed();
    assert_eq!(board.switchboard.calls_open() as u64, busy);
    assert_eq!(board.answered, call, "every call was answered");
    spent.as_secs_f64() * 1e6 / board.inputs as f64
}

fn day_s() -> f64 {
    let began = Instant::now();
    let told = day::live();
    let spent = began.elapsed();
    assert_eq!(told.records, day::CALLS, "every call has a record");
    assert!(told.answered > day::CALLS / 2, "{told:?}");
    spent.as_secs_f64()
}

/// The waiting line, a line of JSON of its own before the last one.
fn lines() {
    let best = |waiting, members| {
        let runs = (0..RUNS).map(|_| queues::cost(waiting, members, queues::CALLS));
        runs.min_by(|one, other| one.us_per_call.total_cmp(&other.us_per_call)).unwrap()
    };
    let (small, large) = (best(10, 5), best(1_000, 500));
    println!(
        "{{\"us_per_queued_call_10_5\":{:.2},\"us_per_queued_call_1000_500\":{:.2},\"queued_ratio\":{:.3},\
         \"pair_us_mean_1000_500\":{:.2},\"pair_us_max_1000_500\":{:.1},\"estimate_us_10_5\":{:.2},\
         \"estimate_us_1000_500\":{:.2}}}",
        small.us_per_call,
        large.us_per_call,
        large.us_per_call / small.us_per_call,
        large.pair_us,
        large.pair_us_max,
        small.estimate_us,
        large.estimate_us
    );
}
