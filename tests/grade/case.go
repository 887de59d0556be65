package grade

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// beginTime is the wall time in which a process must come to its first seed. It takes
// a fraction of a second, and what keeps it from that keeps every case of the package.
var beginTime = 2 * time.Minute

const silence = "the process did not come to its first seed: an init function or a variable's value does not end"

// runCase runs a case in its process and fills in its report.
func (o Options) runCase(ctx context.Context, w workplace, j job, scratch string) error {
	seeds := j.c.seeds(o.Seeds)
	*j.into = CaseReport{
		Name: j.c.Name, Kind: j.c.Kind.String(), Doc: j.c.Doc, Max: j.c.Points,
		Seeds: seeds, NotRun: seeds,
	}
	if j.b.binary == "" {
		j.into.Failure = &Failure{Kind: kindBuild, Text: "./" + j.b.folder + " does not compile", Detail: []string{}}
		return nil
	}
	if j.b.silent.Load() {
		j.into.Failure = &Failure{Kind: kindTimeout, Text: silence + ": no other case was tried", Detail: []string{}}
		return nil
	}
	home, err := os.MkdirTemp(scratch, "case-")
	if err != nil {
		return fmt.Errorf("making a folder for %s: %w", j.c.Name, err)
	}
	var dirs []string
	for _, folder := range o.folders(j.stage) {
		dirs = append(dirs, filepath.Join(w.tree, filepath.FromSlash(folder)))
	}
	raceLog := filepath.Join(home, "race")
	p := process{
		binary: j.b.binary, args: o.arguments(j, w.pages != ""), dir: w.folder(j.b.folder, home), env: o.environment(home, raceLog),
		timeout: o.Timeout, begin: min(beginTime, o.Timeout), memory: o.Memory,
	}
	v := &verdicts{stage: j.stage.Name, name: j.c.Name, first: o.Seed, seeds: seeds, share: o.Policy.Credit == creditShare}
	end, err := p.run(ctx, v.line)
	if err != nil {
		return err
	}
	if end.stopped == stopCanceled {
		return context.Cause(ctx)
	}
	if end.stopped == stopSilent {
		j.b.silent.Store(true)
	}
	evidence{
		verdicts: v, ending: end, races: readRaces(raceLog),
		tree: w.tree, dirs: dirs, limits: o,
		again: func(seed uint64) string { return again(j, seed) },
	}.judge(j.into)
	return w.keepPage(j, home)
}

// again is the command that runs a case with one seed, from the folder of
// go.mod.
func again(j job, seed uint64) string {
	return fmt.Sprintf("go test -race ./%s -run '^%s$/^%s$' -lab.seed=%d", j.b.folder, j.stage.Test, j.c.Name, seed)
}

// arguments are those of the test binary. -test.paniconexit0 is what go test
// passes, too: os.Exit(0) in the code under test is no success.
func (o Options) arguments(j job, pages bool) []string {
	trace := "none"
	if pages {
		trace = "" // those of failed runs, into TMPDIR
	}
	return []string{
		fmt.Sprintf("-test.run=^%s$/^%s$", j.stage.Test, j.c.Name),
		"-test.paniconexit0", "-test.count=1", "-test.timeout=0",
		fmt.Sprintf("-lab.seed=%d", o.Seed),
		fmt.Sprintf("-lab.seeds=%d", j.c.seeds(o.Seeds)),
		"-lab.allseeds", "-lab.verdict=3", "-lab.trace=" + trace,
	}
}

// environment is all that a case's process sees of the grader's.
func (o Options) environment(home, raceLog string) []string {
	return []string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + home, "TMPDIR=" + home, "LANG=C.UTF-8", "TZ=UTC",
		"GOMAXPROCS=1",
		"GOTRACEBACK=single",
		fmt.Sprintf("GOMEMLIMIT=%d", o.Memory/4),
		// Without the first, a process sleeps a second when it ends. The log is
		// apart from the output, of which only the ends are kept.
		fmt.Sprintf("GORACE=atexit_sleep_ms=0 log_path='%s'", raceLog),
	}
}

// readRaces reads the race detector's log, of whichever process of the case
// wrote one.
func readRaces(log string) string {
	files, err := filepath.Glob(log + ".*")
	if err != nil || len(files) == 0 {
		return ""
	}
	file, err := os.Open(files[0])
	if err != nil {
		return ""
	}
	defer func() { _ = file.Close() }() // only read from
	text, err := io.ReadAll(io.LimitReader(file, clipKeep))
	if err != nil {
		return ""
	}
	return string(text)
}
