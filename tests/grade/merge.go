package grade

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// shard is a part of a class, for one of several machines: every n-th
// submission from the i-th on. The zero value is all of it.
type shard struct{ i, n int }

// parseShard reads "2/3".
func parseShard(text string) (shard, error) {
	first, second, found := strings.Cut(text, "/")
	i, err := strconv.Atoi(first)
	n, err2 := strconv.Atoi(second)
	if !found || errors.Join(err, err2) != nil || i < 1 || i > n {
		return shard{}, wrongUsage("--shard %s: it is to be a part and how many there are, from 1/3 to 3/3", text)
	}
	return shard{i, n}, nil
}

// of is the shard's part of the submissions.
func (s shard) of(paths []string) (part []string) {
	if s.n == 0 {
		return paths
	}
	for k := s.i - 1; k < len(paths); k += s.n {
		part = append(part, paths[k])
	}
	return part
}

// merge joins folders of grades that have the same settings into another one,
// and writes the tables of the whole class there.
func merge(out string, folders []string, stages []Stage) (reports map[string]*Report, err error) {
	if len(folders) == 0 {
		return nil, wrongUsage("merge joins folders of grades, and none is named: ./grade.sh merge --out DIR FOLDER...")
	}
	var first settings
	reports = map[string]*Report{}
	from := map[string]string{}
	for k, path := range folders {
		have, err := readSettings(path)
		if err != nil {
			return nil, err
		}
		if k == 0 {
			first = have
		} else if err := have.differ(first, true); err != nil {
			return nil, fmt.Errorf("%s does not go with %s: %w. Have all shards graded alike, with one --seed", path, folders[0], err)
		}
		found, err := readReports(path)
		if err != nil {
			return nil, err
		}
		for name, r := range found {
			if reports[name] != nil {
				return nil, fmt.Errorf("%s has grades in %s and in %s: which of them are to count?", name, from[name], path)
			}
			reports[name], from[name] = r, path
		}
	}
	f, _, err := openFolder(out, first, true)
	if err != nil {
		return nil, err
	}
	defer f.close()
	for name, path := range from {
		if err := f.adopt(path, name); err != nil {
			return nil, err
		}
	}
	// What is known of the cases comes along, so that a grading of the class can go on here.
	for _, path := range folders {
		if err := f.adopt(path, "cases"); err != nil {
			return nil, err
		}
	}
	return reports, f.tables(reports, first.of(stages))
}

// of is the cases that the settings are about.
func (s settings) of(stages []Stage) (chosen []Stage) {
	for _, stage := range stages {
		all := stage.Cases
		stage.Cases = nil
		for _, c := range all {
			if slices.Contains(s.Stages, stage.Name+"/"+c.Name) {
				stage.Cases = append(stage.Cases, c)
			}
		}
		if len(stage.Cases) > 0 {
			chosen = append(chosen, stage)
		}
	}
	return chosen
}

func readSettings(path string) (settings, error) {
	var s settings
	text, err := os.ReadFile(filepath.Join(path, settingsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return s, wrongUsage("%s is no folder of grades: it has no %s", path, settingsFile)
	}
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("reading the settings of %s: %w", path, err)
	}
	return s, nil
}

// readReports are the reports in a folder of grades, by the submissions' names.
func readReports(path string) (map[string]*Report, error) {
	files, err := filepath.Glob(filepath.Join(path, "*", "results.json"))
	if err != nil {
		return nil, fmt.Errorf("reading the grades in %s: %w", path, err)
	}
	reports := map[string]*Report{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		r := &Report{}
		if err == nil {
			err = json.Unmarshal(text, r)
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", file, err)
		}
		reports[filepath.Base(filepath.Dir(file))] = r
	}
	return reports, nil
}

// adopt copies a folder from another folder of grades. Of a content that was graded
// in both, what is there stays.
func (f *folder) adopt(path, name string) error {
	root := os.DirFS(filepath.Join(path, name))
	return fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if _, err := os.Stat(filepath.Join(f.path, name, filepath.FromSlash(file))); name == "cases" && err == nil {
			return nil
		}
		text, err := fs.ReadFile(root, file)
		if err != nil {
			return fmt.Errorf("copying the grades of %s: %w", name, err)
		}
		return f.replace(name+"/"+file, text)
	})
}
