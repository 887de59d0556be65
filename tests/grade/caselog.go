package grade

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

// caseLog keeps what became of each case in a file, a line of JSON each, as soon
// as it is known: a grading that was ended at any moment goes on behind its last
// whole line. A nil log keeps nothing.
type caseLog struct {
	mu    sync.Mutex // guards what follows
	file  *os.File
	known map[string]CaseReport // by stage and case
}

// caseLine is a line of the file.
type caseLine struct {
	Stage string     `json:"stage"`
	Case  CaseReport `json:"case"`
}

// openCaseLog reads the file, cuts off a line that was not written to its end,
// and gets ready to add more.
func openCaseLog(name string) (*caseLog, error) {
	l := &caseLog{known: map[string]CaseReport{}}
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading what is known of the cases: %w", err)
	}
	whole := int64(0)
	for line := range bytes.Lines(text) {
		var c caseLine
		if line[len(line)-1] != '\n' || json.Unmarshal(line, &c) != nil {
			break
		}
		whole += int64(len(line))
		l.known[c.Stage+"/"+c.Case.Name] = c.Case
	}
	if l.file, err = os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o644); err == nil {
		err = errors.Join(l.file.Truncate(whole), seekEnd(l.file))
	}
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", name, err)
	}
	return l, nil
}

func seekEnd(f *os.File) error {
	_, err := f.Seek(0, io.SeekEnd)
	return err
}

// find is what is known of a case.
func (l *caseLog) find(stage, name string) (CaseReport, bool) {
	if l == nil {
		return CaseReport{}, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c, ok := l.known[stage+"/"+name]
	return c, ok
}

// keep writes what became of a case.
func (l *caseLog) keep(stage string, c CaseReport) error {
	if l == nil {
		return nil
	}
	text, err := json.Marshal(caseLine{stage, c})
	if err != nil {
		return fmt.Errorf("keeping %s/%s: %w", stage, c.Name, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err = l.file.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("keeping %s/%s: %w", stage, c.Name, err)
	}
	l.known[stage+"/"+c.Name] = c
	return nil
}

func (l *caseLog) close() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
