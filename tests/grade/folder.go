package grade

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// folder is where the grades of a class are:
//
//	class.json             with what settings the class is graded
//	class.csv, class.html  the class at a glance
//	NAME/results.json      a submission's report
//	NAME/report.html       the same to look at
//	NAME/traces/           the runs that failed, as pages: the first of each case
//	cases/DIGEST.jsonl     what became of each case of the submissions with that content
type folder struct {
	path    string
	release func() // lets others in
}

// settings are what all grades of a folder have in common. A grading that goes
// on has the same.
type settings struct {
	Version   int      `json:"version"`
	Framework string   `json:"framework"` // digest of the framework
	Stages    []string `json:"stages"`    // "election/ReElection", every case
	Seeds     int      `json:"seeds"`     // a case; 0 is twice the kind's default
	Seed      uint64   `json:"seed"`      // the first; drawn where nobody named it
}

const settingsFile = "class.json"

// openFolder makes the folder, or goes on with one that has the same settings. No
// other grader can open it until it is closed. Where the seed was not named, the
// folder's counts.
func openFolder(path string, want settings, seedNamed bool) (*folder, settings, error) {
	if err := os.MkdirAll(filepath.Join(path, "cases"), 0o755); err != nil {
		return nil, want, fmt.Errorf("making the folder for the grades: %w", err)
	}
	release, err := LockFolder(path)
	if err != nil {
		return nil, want, fmt.Errorf("%s: %w", path, err)
	}
	f := &folder{path: path, release: release}
	text, err := os.ReadFile(filepath.Join(path, settingsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return f, want, f.write(settingsFile, want)
	}
	var have settings
	if err == nil {
		err = json.Unmarshal(text, &have)
	}
	if err == nil {
		err = have.differ(want, seedNamed)
	}
	if err != nil {
		release()
		return nil, want, fmt.Errorf("%s: %w. Name another folder with --out, or repeat what it was graded with", path, err)
	}
	return f, have, nil
}

// differ says in what a folder's settings are others than those wanted now.
func (s settings) differ(want settings, seedNamed bool) error {
	switch {
	case s.Version != want.Version || s.Framework != want.Framework:
		return errors.New("the grades in it were given by another version of the framework")
	case strings.Join(s.Stages, " ") != strings.Join(want.Stages, " "):
		return fmt.Errorf("the grades in it are for %d cases, not for these %d", len(s.Stages), len(want.Stages))
	case s.Seeds != want.Seeds:
		return fmt.Errorf("the grades in it were given with --seeds %d, not %d (0 is the default)", s.Seeds, want.Seeds)
	case seedNamed && s.Seed != want.Seed:
		return fmt.Errorf("the grades in it begin with --seed %d, not %d", s.Seed, want.Seed)
	}
	return nil
}

func (f *folder) close() { f.release() }

// write writes a value as a file of JSON, which is whole at any time.
func (f *folder) write(name string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return f.replace(name, append(text, '\n'))
}

// replace writes a file that is whole at any time.
func (f *folder) replace(name string, text []byte) error {
	target := filepath.Join(f.path, filepath.FromSlash(name))
	err := os.MkdirAll(filepath.Dir(target), 0o755)
	if err == nil {
		err = os.WriteFile(target+".new", text, 0o644)
	}
	if err == nil {
		err = os.Rename(target+".new", target)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// logs open what is known of the cases of a content.
func (f *folder) logs(digest string) (own, beside *caseLog, err error) {
	if own, err = openCaseLog(filepath.Join(f.path, "cases", digest+".jsonl")); err != nil {
		return nil, nil, err
	}
	if beside, err = openCaseLog(filepath.Join(f.path, "cases", digest+"-beside.jsonl")); err != nil {
		return nil, nil, errors.Join(err, own.close())
	}
	return own, beside, nil
}

// pages is where the pages of a content's failed runs are, until its submissions
// have them.
func (f *folder) pages(digest string) string { return filepath.Join(f.path, "cases", digest+"-traces") }

// add writes a submission's report, for programs and to look at.
func (f *folder) add(name string, r *Report) error {
	var b bytes.Buffer
	if err := writeHTML(&b, r); err != nil {
		return err
	}
	return errors.Join(f.write(name+"/results.json", r), f.replace(name+"/report.html", b.Bytes()))
}

// copyPages copies the pages of a content's failed runs into a submission's folder.
func (f *folder) copyPages(s *submitted, name string) error {
	if s.pages == "" {
		return nil
	}
	pages, err := filepath.Glob(filepath.Join(s.pages, "*.html"))
	if err != nil {
		return fmt.Errorf("copying the pages of %s: %w", name, err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			return fmt.Errorf("copying the pages of %s: %w", name, err)
		}
		if err := f.replace(name+"/traces/"+filepath.Base(page), text); err != nil {
			return err
		}
	}
	return nil
}
