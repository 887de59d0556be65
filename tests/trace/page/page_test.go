package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// readTrace reads a trace of the reference solution: lostvote.jsonl is an
// election of three servers over bad links, partition.jsonl one of five that
// are parted, crash, are paused and held, with log lines and a violation put
// in by hand.
func readTrace(t testing.TB, name string) []Event {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	require.NoError(t, err)
	defer file.Close()
	events, err := ReadJSONL(file)
	require.NoError(t, err)
	return events
}

// longRun repeats a trace until it has n events. Each time the instants are a
// little off and the log is longer: a true repetition would compress far better
// than a run does.
func longRun(t testing.TB, n int) []Event {
	once := readTrace(t, "partition.jsonl")
	var all []Event
	noise := rand.New(rand.NewPCG(1, 2))
	for shift, base := time.Duration(0), 0; len(all) < n; shift, base = shift+once[len(once)-1].At, base+8 {
		for _, e := range once {
			if e.Kind == "violation" {
				continue
			}
			e.At += shift + time.Duration(noise.IntN(30_000))
			if e.Kind == "sent" {
				e.Fields = fmt.Sprintf("Term: %d\nLeaderId: %d\nPrevLogIndex: %d\nPrevLogTerm: %d\nEntries: 0\nLeaderCommit: %d",
					e.Term, e.From, base+noise.IntN(8), e.Term, base)
			}
			all = append(all, e)
		}
	}
	return all[:n]
}

func sampleMeta() Meta {
	return Meta{
		Stage: "replication", Case: "PartitionThenCrash", Doc: "agreement survives a partition and a crash", Seed: 7, Servers: 5,
		Virtual: 2400 * time.Millisecond, Package: "raftlabs/raft", Go: "go1.26.8", Hash: "3fa1c2d4e5b60718",
		Again: "go test -race ./raft -run 'TestReplication/PartitionThenCrash' -lab.seed=7", Index: "index.html",
		Counts: []Count{{"rpcs", 412}},
		Failure: &Failure{
			Text: "S3 applied command 4 at index 8, where S1 had applied command 11", Rule: "State Machine Safety, §5.4.3",
			At:       1663484270,
			Expected: []string{"index 8: command 11"}, Seen: []string{"index 8: command 4"}, Detail: []string{"S3 had it from S0"},
		},
	}
}

func write(t testing.TB, meta Meta, events []Event) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, Write(&out, meta, events))
	return out.String()
}

var scriptTag = regexp.MustCompile(`(?s)<script([^>]*)>(.*?)</script>`)

func TestThePageNeedsNothingButItself(t *testing.T) {
	var index bytes.Buffer
	require.NoError(t, WriteIndex(&index, sampleIndex(), sampleRows()))
	for name, text := range map[string]string{
		"run": write(t, sampleMeta(), readTrace(t, "partition.jsonl")), "stage": index.String(),
	} {
		for _, outside := range []string{"http:", "https:", "<link", " src=", "@import", "url(", "fetch(", "XMLHttpRequest", "import("} {
			assert.NotContains(t, text, outside, name)
		}
	}
}

// The policy names the digests of the very script and style that are there: a
// byte more, by the template or by data, and the browser would run neither.
func TestThePolicyAllowsTheOwnScriptOnly(t *testing.T) {
	text := write(t, sampleMeta(), readTrace(t, "lostvote.jsonl"))
	policy := html.UnescapeString(regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(text)[1])
	assert.Contains(t, policy, "default-src 'none'")
	assert.NotContains(t, policy, "unsafe")
	scripts := scriptTag.FindAllStringSubmatch(text, -1)
	require.Len(t, scripts, 2, "the run and the script")
	assert.Contains(t, policy, "script-src "+digest(scripts[1][2]))
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(text)[1]
	assert.Contains(t, policy, "style-src "+digest(style))
}

// Text of a student's must not become markup: neither in the frame nor in the
// run, and neither in a short run, which is plain, nor in a long one.
func TestHostileTextStaysText(t *testing.T) {
	const hostile = "</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>\u2028'\"`${alert(3)}\x00\xff"
	meta := sampleMeta()
	meta.Stage, meta.Case, meta.Doc, meta.Again, meta.Package, meta.Go, meta.Hash = hostile, hostile, hostile, hostile, hostile, hostile, hostile
	meta.Failure = &Failure{Text: hostile, Rule: hostile, Expected: []string{hostile}, Seen: []string{hostile}, Detail: []string{hostile}}
	meta.Counts = []Count{{hostile, 1}}
	meta.Index = "javascript:alert(4)"
	few := []Event{
		{Kind: hostile, From: 0, To: 1, Method: hostile, Note: hostile, Topic: hostile, Rule: hostile, Fields: hostile},
		{Kind: "log", From: 0, To: none, Topic: hostile, Note: hostile},
	}
	for name, events := range map[string][]Event{"plain": few, "compressed": append(few, longRun(t, 9000)...)} {
		text := write(t, meta, events)
		assert.Len(t, scriptTag.FindAllString(text, -1), 2, name)
		assert.NotContains(t, text, "<img", name)
		assert.NotContains(t, text, "<!--", name)
		assert.NotContains(t, text, "javascript:alert", name)
		assert.Equal(t, 2, strings.Count(text, "</script>"), name)
	}
}

func TestScriptsTakeTextAsText(t *testing.T) {
	for _, name := range scripts {
		text, err := assets.ReadFile("assets/" + name)
		require.NoError(t, err)
		for _, way := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "setTimeout(\""} {
			assert.NotContains(t, string(text), way, name)
		}
	}
}

func TestEveryAssetIsUsed(t *testing.T) {
	used := append([]string{"page.html", "index.html", "index.css"}, append(scripts, styles...)...)
	entries, err := assets.ReadDir("assets")
	require.NoError(t, err)
	var there []string
	for _, e := range entries {
		there = append(there, e.Name())
	}
	assert.ElementsMatch(t, used, there)
}

// What a reader needs is in the frame, without any script.
func TestTheFrameTellsTheVerdict(t *testing.T) {
	text := html.UnescapeString(write(t, sampleMeta(), readTrace(t, "partition.jsonl")))
	for _, want := range []string{
		"S3 applied command 4 at index 8, where S1 had applied command 11", "State Machine Safety, §5.4.3", "failed at 1.663 s",
		"index 8: command 11", "index 8: command 4", "S3 had it from S0", "seed 7", "5 servers", "2.400 s of virtual time",
		"raftlabs/raft", "go1.26.8", "3fa1c2d4e5b60718", "-lab.seed=7", `href="index.html"`,
	} {
		assert.Contains(t, text, want)
	}
	meta := sampleMeta()
	meta.Failure = nil
	text = write(t, meta, nil)
	assert.Contains(t, text, ">passed<")
	assert.Contains(t, text, "agreement survives a partition and a crash")
	assert.NotContains(t, text, "Why it failed")
}

func TestARunWithoutEventsHasAPage(t *testing.T) {
	assert.Contains(t, write(t, Meta{}, nil), "<!DOCTYPE html>")
}

func TestLinksLeadNowhereElse(t *testing.T) {
	for link, want := range map[string]string{
		"index.html": "index.html", "../a/b.html": "../a/b.html", "a b.html": "a b.html", "": "",
		"javascript:alert(1)": "", "https://example.org/": "", "//example.org/x": "", "/etc/passwd": "", "\\\\host\\x": "", "data:text/html,x": "",
		"java\nscript:alert(1)": "",
	} {
		assert.Equal(t, want, relative(link), link)
	}
}

func TestATraceOfLinesIsRead(t *testing.T) {
	events, err := ReadJSONL(strings.NewReader(`{"at":5,"kind":"sent","from":0,"to":1,"num":1,"later":"a field of a later version"}` + "\n{\"at\":"))
	assert.ErrorContains(t, err, "reading event 1 of a trace")
	assert.Equal(t, []Event{{At: 5, Kind: "sent", To: 1, Num: 1}}, events)
}

func TestAnEventsNamesAreTheTraces(t *testing.T) {
	b, err := json.Marshal(Event{At: 1, Kind: "sent", To: none, Inc: 2, Reply: true, Second: true, Index: 3, Topic: "vote", Rule: "§5.2", Fields: "Term: 4"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"at":1,"kind":"sent","from":0,"to":-1,"inc":2,"reply":true,"second":true,"index":3,"topic":"vote","rule":"§5.2","fields":"Term: 4"}`, string(b))
}

func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{1_000, 50_000} {
		b.Run(plural(n, "event"), func(b *testing.B) {
			events := longRun(b, n)
			var out bytes.Buffer
			for b.Loop() {
				out.Reset()
				require.NoError(b, Write(&out, sampleMeta(), events))
			}
			b.ReportMetric(float64(out.Len()), "B/page")
		})
	}
}
