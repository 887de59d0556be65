package lab

import (
	"flag"
	"time"
)

var (
	flagSeed     = flag.Uint64("lab.seed", 0, "run each case with this seed, or from this one on where -lab.seeds is set")
	flagSeeds    = flag.Int("lab.seeds", 0, "run each case with so many seeds (0: 1 for rules, 3 for scenarios, 10 for swarms)")
	flagAllSeeds = flag.Bool("lab.allseeds", false, "go on with a case's other seeds after one has failed")
	flagRealtime = flag.Bool("lab.realtime", false, "run on the wall clock instead of in virtual time")
	flagVerbose  = flag.Bool("lab.v", false, "print the events of a run as they happen")
	flagTopics   = flag.String("lab.topics", "", "with -lab.v, print only these `TOPICS` of raftapi.Logf, a list with commas (all)")
	flagTrace    = flag.String("lab.trace", "", "write each run to `DIR`/STAGE-CASE-seedN.html, a page to look at, and .jsonl; none writes nothing (failures only, as pages, to a folder for temporary files)")
	flagVerdict  = flag.Int("lab.verdict", 0, "write one JSON line a run to the open file descriptor `FD`")
	flagUntil    = flag.Duration("lab.until", 0, "stop each run at this moment of virtual time (0: run it to its end)")
	flagScenario = flag.String("lab.scenario", "", "run the case that the scenario in `FILE` is of, with the faults that it lists")
	flagCPU      = flag.Duration("lab.cpu", 60*time.Second, "the CPU time that one run may use")
)

// chosenSeeds is the seeds that a case of kind k runs with. of is the seed of the
// scenario that -lab.scenario names, 0 without one: what the flags do not say, it does.
func chosenSeeds(k Kind, of uint64) []uint64 {
	first := *flagSeed
	if first == 0 {
		first = of
	}
	return seedsFor(first, *flagSeeds, k.Seeds())
}

// seedsFor is the rule of the two flags: a seed alone is that one seed, a
// number alone counts from 1, both together count from the seed, and without
// either the case's kind decides.
func seedsFor(seed uint64, number, byKind int) []uint64 {
	first := uint64(1)
	if seed != 0 {
		first, byKind = seed, 1
	}
	if number <= 0 {
		number = byKind
	}
	seeds := make([]uint64, number)
	for i := range seeds {
		seeds[i] = first + uint64(i)
	}
	return seeds
}
