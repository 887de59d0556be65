package raft

import (
	"flag"
	"math/rand"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// What pre-vote saves and what it costs, in virtual time: -v prints the tables.

var flagDeaths = flag.Int("figures.deaths", 50, "after so many deaths of a leader measure the time without one")

// A server is cut off for a second, 100 times, and comes back for another.
func TestWhoComesBackDeposesNobody(t *testing.T) {
	const times = 100
	t.Logf("%d times a server of 5 is cut off for 1 s and comes back:", times)
	t.Logf("%-10s  %9s  %16s  %14s", "pre-vote", "elections", "leaders deposed", "without leader")
	for _, row := range []struct {
		name string
		o    Options
	}{{"on", Options{}}, {"off", Options{NoPreVote: true}}} {
		virtually(t, 5, row.o, func(c *virtual) {
			c.start()
			leader := c.leader()
			before, deposed, without := c.term(leader), 0, time.Duration(0)
			for range times {
				away := c.others(leader)[rand.Intn(4)]
				c.isolate(away)
				time.Sleep(time.Second)
				c.join(away)
				for range 1000 {
					time.Sleep(time.Millisecond)
					if !slices.ContainsFunc(c.all(), c.leads) {
						without += time.Millisecond
					}
				}
				if now := c.leader(); now != leader {
					deposed++
					leader = now
				}
			}
			t.Logf("%-10s  %9d  %16d  %14v", row.name, c.term(leader)-before, deposed, without)
			if !row.o.NoPreVote {
				assert.Equal(t, before, c.term(leader))
				assert.Zero(t, without)
			} else {
				assert.Greater(t, c.term(leader)-before, times)
			}
		})
	}
}

// A leader dies, at any phase of its heartbeats, and the next one is elected.
func TestTheNextLeaderIsThereInTime(t *testing.T) {
	t.Logf("time without a leader after the death of one of 5, %v a hop, over %d seeds, in ms:", hop, *flagDeaths)
	t.Logf("%-20s  %5s  %5s  %5s  %5s  %5s  %5s", "", "min", "10 %", "50 %", "90 %", "99 %", "max")
	for _, row := range []struct {
		name string
		o    Options
	}{
		{"everything on", Options{}},
		{"pre-vote off", Options{NoPreVote: true}},
		{"the paper alone", Options{NoPreVote: true, NoCheckQuorum: true, NoLease: true}},
	} {
		var all []time.Duration
		for seed := range *flagDeaths {
			virtually(t, 5, row.o, func(c *virtual) {
				rand.Seed(int64(seed)) //lint:ignore SA1019 nothing else makes the timeouts repeatable
				c.start()
				old := c.leader()
				time.Sleep(time.Second + time.Duration(rand.Int63n(int64(heartbeatInterval))))
				c.crash(old)
				all = append(all, took(func() { c.leader() }))
			})
		}
		slices.Sort(all)
		ms := func(percent int) int { return int(all[(len(all)-1)*percent/100].Milliseconds()) }
		t.Logf("%-20s  %5d  %5d  %5d  %5d  %5d  %5d", row.name, ms(0), ms(10), ms(50), ms(90), ms(99), ms(100))
		assert.Less(t, all[len(all)-1], soon)
	}
}
