package kvtest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const limit = 10 * time.Second

// history reads one from text: a line a client, in which time goes from left to
// right, and [ and ] are call and return. What has no ] is pending.
//
//	[k=a      ]       put
//	   [k+b]          append
//	          [k?ab]  get
func history(t *testing.T, text string) (ops []Operation) {
	t.Helper()
	client := 0
	for _, line := range strings.Split(strings.Trim(text, "\n"), "\n") {
		for at, c := range line {
			if c != '[' {
				continue
			}
			end := strings.IndexByte(line[at:], ']')
			body := line[at+1:]
			op := Operation{Client: client, Call: int64(at + 1), Began: time.Duration(at) * time.Millisecond, Return: Pending}
			if end >= 0 {
				body = line[at+1 : at+end]
				op.Return, op.Ended = int64(at+end+1), time.Duration(at+end)*time.Millisecond
			}
			body = strings.TrimSpace(body)
			kind := strings.IndexAny(body, "=+?")
			require.Positive(t, kind, line)
			op.Kind = map[byte]Kind{'=': Put, '+': Append, '?': Get}[body[kind]]
			op.Key, op.Value = body[:kind], body[kind+1:]
			ops = append(ops, op)
		}
		client++
	}
	require.NotEmpty(t, ops)
	return ops
}

func TestHistoriesWithAnOrderAreAccepted(t *testing.T) {
	for name, text := range map[string]string{
		"one client": `
[k?] [k=a] [k?a] [k+b] [k?ab] [k=] [k?]`,
		"a Get beside a Put sees the old value or the new": `
[k=a] [k=b         ]
        [k?a] [k?b]`,
		"appends side by side in either order": `
[k+a   ]
 [k+b ]
         [k?ba]`,
		"a Get that is not yet back may have seen anything": `
[k=a]  [k=b]
     [k?zzz`,
		"a pending write takes effect late": `
[k+a
    [k?] [k?] [k?a]`,
		"a pending write never takes effect": `
[k+a
    [k?] [k?] [k?]`,
		"keys of their own": `
[k=a]       [k?a]
     [l=b] [l?b]
           [m?]`,
		"an order that only a search finds": `
[k=a       ]   [k?b]
[k=b          ]
  [k?a] [k?a]
         [k?b]`,
	} {
		t.Run(name, func(t *testing.T) {
			v := Check(history(t, text), limit)
			assert.Equal(t, Linearizable, v.Result, v.Text)
			assert.Empty(t, v.Text)
		})
	}
}

func TestHistoriesWithoutAnOrderAreExplained(t *testing.T) {
	for name, test := range map[string]struct{ history, text string }{
		"stale read": {`
[k=a] [k=b]       [k?b]
            [k?a]`,
			`C1's Get("k") returned "a" at 0.016 s, the value from before C0's Put("k", "b"), ` +
				`which had returned at 0.010 s already (a stale read)`},
		"stale read, and others that are not": {`
[k=a] [k=b] [k?b]       [k?b]
                  [k?a]`,
			`C1's Get("k") returned "a" at 0.022 s, the value from before C0's Put("k", "b"), ` +
				`which had returned at 0.010 s already (a stale read)`},
		"stale, or lost, and a lost append later": {`
[k=a] [k=b]       [k+c]
            [k?a]       [k?b]`,
			`C1's Get("k") returned "a" at 0.016 s, without C0's Put("k", "b"), ` +
				`which had returned at 0.010 s already and which no Get had shown yet (a lost write, or a stale read)`},
		"stale read of a value that another Get has shown to be old": {`
[k=a] [k=b             ]
         [k?b]
               [k?a]`,
			`C2's Get("k") returned "a" at 0.019 s, an old value: C1's Get had returned "b" at 0.013 s, ` +
				`before this one was called (a stale read)`},
		"stale read before the first write": {`
[k=a]      [k?a]
     [k?]`,
			`C1's Get("k") returned "" at 0.008 s, the value from before C0's Put("k", "a"), ` +
				`which had returned at 0.004 s already (a stale read)`},
		"lost append, in the middle": {`
[k+a]       [k+c]
     [k+b]        [k?ac]`,
			`C1's Get("k") returned "ac" at 0.023 s, without C1's Append("k", "b"), ` +
				`which had returned at 0.009 s already (a lost write)`},
		"lost append, which later Gets do not show either": {`
[k+a] [k+b]
            [k?a]  [k+c] [k?ac]`,
			`C1's Get("k") returned "a" at 0.016 s, without C0's Append("k", "b"), ` +
				`which had returned at 0.010 s already (a lost write)`},
		"lost, or stale, as far as the history goes": {`
[k+a] [k+b]
            [k?a]`,
			`C1's Get("k") returned "a" at 0.016 s, without C0's Append("k", "b"), ` +
				`which had returned at 0.010 s already and which no Get had shown yet (a lost write, or a stale read)`},
		"duplicated append": {`
[k+a] [k+b]
            [k?aab]`,
			`C1's Get("k") returned "aab" at 0.018 s, as if C0's Append("k", "a") had been called twice, ` +
				`but it was called once (a duplicated write)`},
		"duplicated append, late": {`
[k+a] [k+b] [k?ab]
                   [k?aba]`,
			`C1's Get("k") returned "aba" at 0.025 s, as if C0's Append("k", "a") had been called twice, ` +
				`but it was called once (a duplicated write)`},
		"duplicated put": {`
[k=a] [k=b] [k?b]
                   [k?a] [k?a]`,
			`C1's Get("k") returned "a" at 0.023 s, as if C0's Put("k", "a") had been called twice, ` +
				`but it was called once (a duplicated write)`},
		"read before it was written": {`
[k?a]
      [k=a]`,
			`C0's Get("k") returned "a" at 0.004 s, a value that was written only later`},
		"a value of nobody's": {`
[k=a]      [l=x] [l?x]
     [k?b]`,
			`C1's Get("k") returned "b" at 0.009 s, but no order of the operations explains that value`},
	} {
		t.Run(name, func(t *testing.T) {
			v := Check(history(t, test.history), limit)
			assert.Equal(t, Illegal, v.Result)
			assert.Equal(t, test.text, v.Text)
			assert.Equal(t, "k", v.Key)
			assert.Equal(t, Get, v.Get.Kind)
		})
	}
}

func TestTooLittleTimeIsNoVerdict(t *testing.T) {
	v := Check(history(t, "[k=a] [k?a]"), 0)
	assert.Equal(t, Unknown, v.Result)
	assert.Equal(t, `no order of the 2 operations on key "k" was found within 0s, nor that there is none: too many of them are concurrent`, v.Text)
}

func TestThePageShowsTheKeyAndTheNotes(t *testing.T) {
	v := Check(history(t, `
[k=a] [l=unrelated] [k=b]
                          [k?a]`), limit)
	require.Equal(t, Illegal, v.Result)
	var page strings.Builder
	require.NoError(t, v.WritePage(&page, []Note{{Row: "S1", Text: "leads term 3", Details: "elected at 0.001 s", From: 2, To: 20}}))
	for _, part := range []string{"S1", "leads term 3", "elected at 0.001 s", `Get(\"k\") returned \"a\"`, "0.026000 s to 0.030000 s"} {
		assert.Contains(t, page.String(), part)
	}
	assert.NotContains(t, page.String(), "unrelated")
}
