package alt

import (
	"math/rand"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// elected is S0 of three, which has just won an election, and its messages.
func elected(t *testing.T) (m *machine, now time.Time, sent []*call) {
	now = time.Unix(0, 0)
	m = newMachine(0, 3, now, func(int64) int64 { return 0 })
	now = now.Add(minTimeout)
	m.step(now, event{body: tick{}})
	for _, role := range []role{canvasser, candidate} {
		require.Equal(t, role, m.role)
		asks := m.take().calls
		require.Len(t, asks, 2)
		*asks[0].reply.(*VoteReply) = VoteReply{Term: 1, VoteGranted: true}
		m.step(now, event{body: answered{asks[0], true}})
	}
	require.Equal(t, leader, m.role)
	return m, now, m.take().calls
}

// ask is an event's answer.
func ask[A any](m *machine, now time.Time, body any) A {
	reply := make(chan any, 1)
	m.step(now, event{body, reply})
	for _, a := range m.take().answers {
		a.to <- a.what
	}
	return (<-reply).(A)
}

func TestALeaseCountsFromWhenTheMessageLeft(t *testing.T) {
	m, sent, calls := elected(t)
	*calls[0].reply.(*AppendReply) = AppendReply{Term: 1, Success: true}
	answer := event{body: answered{calls[0], true}}

	m.step(sent.Add(leaseDuration-1), answer)
	assert.Equal(t, readable{1, true}, ask[readable](m, sent.Add(leaseDuration-1), leaseRead{}))
	assert.Equal(t, readable{}, ask[readable](m, sent.Add(leaseDuration), leaseRead{}), "the answer came a moment ago, but it is to an old message")
}

func TestReadersShareRounds(t *testing.T) {
	m, now, calls := elected(t)
	yes := func(c *call) effects {
		*c.reply.(*AppendReply) = AppendReply{Term: 1, Success: true}
		m.step(now, event{body: answered{c, true}})
		return m.take()
	}
	yes(calls[0])
	yes(calls[1])
	asker := make(chan any, 10)
	m.step(now, event{readIndex{}, asker})
	round := m.take().calls
	require.Len(t, round, 2, "the first begins a round")
	for range 9 {
		m.step(now, event{readIndex{}, asker})
	}
	require.Empty(t, m.take().calls, "the others wait for it")
	out := yes(round[1])
	assert.Len(t, out.answers, 1, "a round is for whoever came before it")
	require.NotEmpty(t, out.calls)
	next := out.calls[slices.IndexFunc(out.calls, func(c *call) bool { return c.to == 2 })]
	assert.Len(t, yes(next).answers, 9)
}

// A failed call may fail at once. If it was repeated at once, a server that has
// crashed and was not killed yet would never stop.
func TestAFailedCallIsNotRepeatedAtOnce(t *testing.T) {
	m, now, calls := elected(t)
	for _, c := range calls {
		m.step(now, event{body: answered{c, false}})
	}
	m.step(now, event{body: propose{"x"}})
	assert.Empty(t, m.take().calls)
	m.step(now.Add(beatInterval), event{body: tick{}})
	beats := m.take().calls
	require.Len(t, beats, 2)
	*beats[0].reply.(*AppendReply) = AppendReply{Term: 1, Success: true}
	m.step(now.Add(beatInterval), event{body: answered{beats[0], true}})
	again := m.take().calls
	require.Len(t, again, 1)
	assert.Len(t, again[0].args.(*AppendArgs).Entries, 2, "the peer is there, and gets what it lacks")
}

// logs are two that began as one: terms go up, and where they part they differ in
// every term that follows.
func logs(draw *rand.Rand) (a, b []Entry) {
	term := 1
	grow := func(log []Entry, odd int) []Entry {
		log = slices.Clone(log)
		for t := term; len(log) < 30 && draw.Intn(8) > 0; t += draw.Intn(2) * 2 {
			log = append(log, Entry{Term: t*2 + odd})
		}
		return log
	}
	common := grow(nil, 0)
	term += 40
	return grow(common, 0), grow(common, 1)
}

// The dumb implementation looks at each entry.
func TestOneRefusalTellsWhereLogsAgree(t *testing.T) {
	draw := rand.New(rand.NewSource(1))
	for range 5000 {
		a, b := logs(draw)
		want := 0
		for want < min(len(a), len(b)) && a[want] == b[want] {
			want++
		}
		mine, theirs := journal{entries: a}, journal{entries: b}
		if want > 0 {
			theirs.drop(draw.Intn(want + 1)) // what is dropped is committed
		}
		got := mine.agrees(theirs.runs(len(b), maxRuns))
		require.Equal(t, want, got, "of %v and %v", a, b)

		// With fewer stretches it never goes too far, and comes closer each time.
		for prev := len(b); prev > want; {
			next := mine.agrees(theirs.runs(prev, 2))
			require.GreaterOrEqual(t, next, want)
			require.Less(t, next, prev)
			prev = next
		}
	}
}

func TestAPartOfTheJournalNeverChanges(t *testing.T) {
	draw := rand.New(rand.NewSource(1))
	var j journal
	var parts, copies [][]Entry
	for k := range 5000 {
		switch at := j.base + draw.Intn(len(j.entries)+1); draw.Intn(8) {
		case 0:
			j.cut(at)
		case 1:
			if draw.Intn(20) == 0 {
				j.drop(at)
			}
		case 2:
			parts = append(parts, j.part(at+1, 1+draw.Intn(10)))
			copies = append(copies, slices.Clone(parts[len(parts)-1]))
		default:
			j.add(Entry{Term: k})
		}
	}
	assert.Equal(t, copies, parts)
}
