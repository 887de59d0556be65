package lab

import (
	"testing"
	"time"
)

// withT gives a benchmark the *testing.T that a bubble needs.
func withT(f func(t *testing.T)) {
	all := func(string, string) (bool, error) { return true, nil }
	testing.RunTests(all, []testing.InternalTest{{Name: "Bench", F: f}})
}

func benchmarkBody(b *testing.B, body func(*T)) {
	b.ReportAllocs()
	withT(func(t *testing.T) {
		p := playing(t, "Bench", body)
		for b.Loop() {
			if r := p.run(t); r.Failure != nil {
				b.Fatal(r.Failure.Text)
			}
		}
	})
}

// What the runner itself costs, for each case and seed.
func BenchmarkEmptyRun(b *testing.B) { benchmarkBody(b, func(*T) {}) }

// What the heartbeat costs.
func BenchmarkMinuteOfSleep(b *testing.B) {
	benchmarkBody(b, func(t *T) { t.Sleep(time.Minute) })
}
