package kvtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// orderExists looks for an order of a history the dumb way: every operation that
// no other has to come before is tried as the next.
func orderExists(left []Operation, values map[string]string) bool {
	done := true
	for i, op := range left {
		must := op.Return != Pending
		done = done && !must
		if slices.ContainsFunc(left, func(other Operation) bool { return other.Return < op.Call }) {
			continue
		}
		if op.Kind == Get && op.Return != Pending && values[op.Key] != op.Value {
			continue
		}
		before := values[op.Key]
		switch op.Kind {
		case Put:
			values[op.Key] = op.Value
		case Append:
			values[op.Key] += op.Value
		}
		found := orderExists(slices.Delete(slices.Clone(left), i, i+1), values)
		values[op.Key] = before
		if found {
			return true
		}
	}
	return done
}

// simulated is a history of a correct map: n operations on some keys, with so many
// clients at work at any time. Each takes effect at one instant between its call
// and its return.
func simulated(random *rand.Rand, n, keys, clients int) (history []Operation) {
	values := map[string]string{}
	stamp := int64(0)
	type open struct {
		op   int
		done bool // it has taken effect
	}
	working := make([]*open, clients)
	for returned := 0; returned < n; {
		c := random.IntN(clients)
		stamp++
		switch w := working[c]; {
		case w == nil && len(history) < n:
			op := Operation{Client: c, Kind: Kind(random.IntN(3)), Key: fmt.Sprint("k", random.IntN(keys)), Call: stamp, Return: Pending}
			if op.Kind != Get {
				op.Value = fmt.Sprint(len(history), " ")
			}
			history = append(history, op)
			working[c] = &open{op: len(history) - 1}
		case w == nil:
		case !w.done:
			w.done = true
			switch op := &history[w.op]; op.Kind {
			case Get:
				op.Value = values[op.Key]
			case Put:
				values[op.Key] = op.Value
			case Append:
				values[op.Key] += op.Value
			}
		default:
			history[w.op].Return = stamp
			working[c] = nil
			returned++
		}
	}
	return history
}

func TestWhatACorrectMapDoesIsAccepted(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		v := Check(simulated(random, 200, 3, 4), limit)
		assert.Equal(t, Linearizable, v.Result, v.Text)
	}
}

func TestTheVerdictIsThatOfTheDumbSearch(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	found := map[Result]int{}
	for range 2000 {
		history := simulated(random, 7, 2, 3)
		one := &history[random.IntN(len(history))]
		if random.IntN(4) == 0 {
			one.Return = Pending
		} else {
			one.Value = history[random.IntN(len(history))].Value
		}
		v := Check(history, limit)
		found[v.Result]++
		assert.Equal(t, orderExists(history, map[string]string{}), v.Result == Linearizable, "%v", history)
		assert.Equal(t, v.Result == Illegal, v.Text != "")
	}
	assert.Greater(t, found[Linearizable], 200)
	assert.Greater(t, found[Illegal], 200)
}

// underWayAtOnce is how many operations of a history are under way on average.
func underWayAtOnce(history []Operation) float64 {
	var under, last int64
	for _, op := range history {
		under += op.Return - op.Call
		last = max(last, op.Return)
	}
	return float64(under) / float64(last)
}

// BenchmarkCheck is how many operations a second are checked, of histories of one
// key with 500 operations, by how many are under way at any time. Those that are
// broken have a Get with an older value, and are explained. unknown is the part
// that was not decided within a second.
func BenchmarkCheck(b *testing.B) {
	for _, broken := range []bool{false, true} {
		for _, clients := range []int{1, 2, 3, 4, 6, 8, 10} {
			b.Run(fmt.Sprintf("broken=%t/clients=%d", broken, clients), func(b *testing.B) {
				check(b, clients, broken)
			})
		}
	}
}

func check(b *testing.B, clients int, broken bool) {
	random := rand.New(rand.NewPCG(3, uint64(clients)))
	operations, unknown, underWay := 0, 0, 0.0
	for range b.N {
		b.StopTimer()
		history := simulated(random, 500, 1, clients)
		if broken {
			makeStale(history)
		}
		b.StartTimer()
		if v := Check(history, time.Second); v.Result == Unknown {
			unknown++
		}
		operations += len(history)
		underWay += underWayAtOnce(history)
	}
	b.ReportMetric(float64(operations)/b.Elapsed().Seconds(), "ops/s")
	b.ReportMetric(underWay/float64(b.N), "concurrent")
	b.ReportMetric(100*float64(unknown)/float64(b.N), "unknown-%")
}

// makeStale gives the last Get of a history the value of one in its middle.
func makeStale(history []Operation) {
	var gets []int
	for i, op := range history {
		if op.Kind == Get {
			gets = append(gets, i)
		}
	}
	history[gets[len(gets)-1]].Value = history[gets[len(gets)/2]].Value
}
