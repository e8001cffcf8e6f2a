"""Groups with a waiting line under load. Sound is really sent by everybody and counted by everybody who hears it."""
from figures import Row
from helin_process import Helin, free_port
from wire import wire

GAP_MS = 40


def ringing(binary, quick):
    """All of 50 members at once; one answers, the others stop."""
    port = free_port()
    with Helin(binary) as helin:
        helin.company(members=50, phones=("127.0.0.1", port), settings="parallel = 50\n")
        wire(helin, "ringing", port, 5, 1)  # warm
        told = wire(helin, "ringing", port, 50 if quick else 200, 1)
    return [Row("ringing", "CPU per call, 50 phones ring at once", told["cpu_ms_per_call"], "ms", 5,
                note=f"{told['calls']} calls; Asterisk: 53-79 ms"),
            Row("ringing", "first to last of 50 INVITEs, p99", told["spread_p99_ms"], "ms", 50,
                note=f"max {told['spread_max_ms']} ms"),
            *heard("ringing", "calls of 50 phones", told)]


def serving(binary, quick):
    """Agents who are never without a caller, a talk of 2 s and a wrap-up of 1 s: one turn takes 3 s at least."""
    rows, seconds = [], 30 if quick else 90
    for agents in (5, 50):
        port = free_port()
        with Helin(binary) as helin:
            helin.company(members=agents, phones=("127.0.0.1", port), preset="customer_service",
                          settings='wrap_up = "1s"\n')
            told = wire(helin, "serving", port, agents, 1, seconds)
        what = f"{agents} agents, 20 waiting"
        rows += [Row("serving", f"agent free to next caller offered, p99, {what}", told["p99_ms"], "ms", 10,
                     note=f"{told['offers']} offers, p50 {told['p50_ms']} ms, max {told['max_ms']} ms; Asterisk: "
                          f"{244 if agents == 5 else 518} ms"),
                 Row("serving", f"calls served, of what is possible, {what}", told["percent_of_ideal"], "%", 99,
                     at_least=True, note=f"{seconds} s; Asterisk: 80-91 %"),
                 *heard("serving", what, told)]
    return rows


def waiting(binary, quick):
    """2,000 in line with music, and a message every 15 s with the position."""
    port = free_port()
    with Helin(binary) as helin:
        helin.company(members=5, phones=("127.0.0.1", port), preset="customer_service",
                      tables='[group.announcements]\nrepeat_every = "15s"\nposition = true\nwait = true\n')
        told = wire(helin, "waiting", port, 2005, 100, 10 if quick else 30)
    what = f"{told['waiting']} waiting"
    rows = []
    for how in ("sending", "silent"):
        rows += [Row("waiting", f"CPU per caller-second, {what}, {how}", told[how]["cpu_ms_per_caller_second"], "ms",
                     0.3), *heard("waiting", f"{what}, {how}", told[how])]
    rows.append(Row("memory", f"per waiting caller, {what}",
                    round((told["held_kb"] - told["before_kb"]) / told["waiting"], 1), "KB", 40))
    return rows


def turnover(binary, quick):
    """A served call with 1,000 in line and 500 agents, beside one with 10 and 5; taken in turns, the best of each."""
    seconds, cost = 8 if quick else 16, {}
    for _ in range(2 if quick else 3):
        for agents, waiting in ((5, 10), (500, 1_000)):
            port = free_port()
            with Helin(binary) as helin:
                helin.company(members=agents, phones=("127.0.0.1", port), preset="customer_service",
                              tables='[group.announcements]\nmusic = "none"\nentry = "none"\nrepeat = "none"\n')
                told = wire(helin, "turnover", port, agents, waiting, seconds)
            cost[agents] = min(cost.get(agents, told), told, key=lambda told: told["cpu_ms_per_call"])
    small, large = cost[5], cost[500]
    return [Row("turnover", "CPU per served call, 1,000 waiting, 500 members", large["cpu_ms_per_call"], "ms",
                note=f"{large['calls']} calls; {large['idle_cpu_percent']} % of a processor while nothing happens"),
            Row("turnover", "the same to 10 waiting, 5 members",
                round(large["cpu_ms_per_call"] / small["cpu_ms_per_call"], 2), "x", 1.2,
                note=f"{small['cpu_ms_per_call']} ms in {small['calls']} calls")]


def arrivals(binary, quick):
    """100 callers a second who hear the announcement of the entry and music, and go after 5 s."""
    port, rate, seconds = free_port(), 100, 60 if quick else 600
    with Helin(binary) as helin:
        helin.company(members=1, phones=("127.0.0.1", port), preset="customer_service",
                      tables='[group.announcements]\nentry_when = "always"\n')
        told = wire(helin, "arrivals", port, rate * seconds, rate, seconds)
    what = f"{rate}/s for {seconds} s"
    return [Row("arrivals", f"calls failed, {what}", told["failed"], "", 0, note=f"{told['calls']} calls"),
            Row("arrivals", f"INVITE to answer, p99, {what}", told["p99_ms"], "ms", 50,
                note=f"p50 {told['p50_ms']} ms, max {told['max_ms']} ms"),
            Row("arrivals", f"CPU per call of 5 s, {what}", told["cpu_ms_per_call"], "ms"),
            *heard("arrivals", what, told)]


def heard(topic, what, told):
    """What the receivers counted."""
    return [Row(topic, f"times without sound of more than {GAP_MS} ms, {what}", told["gaps"], "", 0,
                note=f"longest {told['longest_gap_ms']} ms; {told['packets']} of {told['expected']} packets on "
                     f"{told['heard_legs']} legs; the receiver itself paused up to {told['receiver_pause_ms']} ms"),
            Row(topic, f"legs that heard nothing, {what}", told["silent_legs"], "", 0)]
