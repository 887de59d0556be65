package grade

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheGradescopeReportIsTheGoldenOne(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, writeGradescope(&b, example(), false))
	golden(t, "testdata/gradescope.json", b.Bytes())
}

// Types of JSON that the specification speaks of.
type fieldType func(v any) error

func number(v any) error {
	if _, ok := v.(float64); !ok {
		return fmt.Errorf("%v is no number", v)
	}
	return nil
}

func text(v any) error {
	if _, ok := v.(string); !ok {
		return fmt.Errorf("%v is no string", v)
	}
	return nil
}

func object(v any) error {
	if _, ok := v.(map[string]any); !ok {
		return fmt.Errorf("%v is no object", v)
	}
	return nil
}

func numberOrText(v any) error {
	if number(v) == nil {
		return nil
	}
	return text(v)
}

func oneOf(words ...string) fieldType {
	return func(v any) error {
		if word, ok := v.(string); !ok || !slices.Contains(words, word) {
			return fmt.Errorf("%v is none of %v", v, words)
		}
		return nil
	}
}

func listOf(each fieldType) fieldType {
	return func(v any) error {
		list, ok := v.([]any)
		if !ok {
			return fmt.Errorf("%v is no array", v)
		}
		for i, v := range list {
			if err := each(v); err != nil {
				return fmt.Errorf("%d: %w", i, err)
			}
		}
		return nil
	}
}

// fields allows these fields and no other.
func fields(known map[string]fieldType) fieldType {
	return func(v any) error {
		all, ok := v.(map[string]any)
		if !ok {
			return fmt.Errorf("%v is no object", v)
		}
		for name, v := range all {
			check := known[name]
			if check == nil {
				return fmt.Errorf("the specification has no field %q", name)
			}
			if err := check(v); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	}
}

// scopeSpecification is results.json as Gradescope's autograder specification
// has it (gradescope-autograders.readthedocs.io/en/latest/specs).
var scopeSpecification = func() fieldType {
	format := oneOf("text", "simple_format", "html", "md", "ansi")
	visibility := oneOf("hidden", "after_due_date", "after_published", "visible")
	return fields(map[string]fieldType{
		"score": number, "execution_time": number, "output": text, "output_format": format,
		"test_output_format": format, "test_name_format": format,
		"visibility": visibility, "stdout_visibility": visibility, "extra_data": object,
		"tests": listOf(fields(map[string]fieldType{
			"score": number, "max_score": number, "status": oneOf("passed", "failed"),
			"name": text, "name_format": format, "number": text, "output": text, "output_format": format,
			"tags": listOf(text), "visibility": visibility, "extra_data": object,
		})),
		"leaderboard": listOf(fields(map[string]fieldType{"name": text, "value": numberOrText, "order": oneOf("asc", "desc")})),
	})
}()

func TestTheGradescopeReportIsWhatTheSpecificationAllows(t *testing.T) {
	for _, r := range []*Report{example(), hostileReport(), {}} {
		var b bytes.Buffer
		require.NoError(t, writeGradescope(&b, r, true))
		var v any
		require.NoError(t, json.Unmarshal(b.Bytes(), &v))
		assert.NoError(t, scopeSpecification(v))
	}
	for _, wrong := range []string{`{"max_score": 1}`, `{"score": "1"}`, `{"tests": [{"status": "error"}]}`, `{"tests": {}}`, `{"visibility": "students"}`} {
		var v any
		require.NoError(t, json.Unmarshal([]byte(wrong), &v))
		assert.Error(t, scopeSpecification(v), wrong)
	}
}

func TestGradescopeShowsTextAsText(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, writeGradescope(&b, hostileReport(), false))
	var out scopeResults
	require.NoError(t, json.Unmarshal(b.Bytes(), &out))
	assert.Equal(t, "text", out.OutputFormat, "the default is HTML")
	for _, test := range out.Tests {
		assert.Equal(t, "text", test.OutputFormat)
		assert.Equal(t, "text", test.NameFormat)
	}
	assert.Equal(t, "hidden", out.Stdout)
}

func TestGradescopeAddsUpToTheReport(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, writeGradescope(&b, example(), false))
	var out scopeResults
	require.NoError(t, json.Unmarshal(b.Bytes(), &out))
	earned, most := 0.0, 0.0
	for _, test := range out.Tests {
		if test.Score == nil {
			assert.Nil(t, test.MaxScore, test.Name)
			continue
		}
		assert.Equal(t, *test.Score == *test.MaxScore, test.Status == "passed", test.Name)
		earned += *test.Score
		most += *test.MaxScore
	}
	assert.Equal(t, example().Points, earned)
	assert.Equal(t, example().Points, out.Score)
	assert.Equal(t, example().Max, most)
	assert.Nil(t, out.Leaderboard, "only where it was asked for")
}
