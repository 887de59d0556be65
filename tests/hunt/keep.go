package hunt

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// kept is what is known of a failing run, for the replay after an edit.
type kept struct {
	Module  string    `json:"module"`
	Outcome Outcome   `json:"outcome"`
	When    time.Time `json:"when"`
}

// keptFile is where a run's is kept: by the target, the case, the seed and the scenario.
func keptFile(t target, r run) (string, error) {
	dir, err := cacheDir("runs")
	if err != nil {
		return "", err
	}
	with := ""
	if r.faults != nil {
		sum := sha256.Sum256([]byte(r.faults.String()))
		with = "-" + hex.EncodeToString(sum[:8])
	}
	return filepath.Join(dir, fmt.Sprintf("%s-%s-%s-seed%d%s.json", filepath.Base(t.folder), r.stage.Name, r.name, r.seed, with)), nil
}

// keep writes down how a run ended.
func (p *player) keep(r run, m module, o Outcome) error {
	name, err := keptFile(p.target, r)
	if err != nil {
		return nil // no folder for such things: a replay has nothing to compare with
	}
	text, err := json.Marshal(kept{Module: m.hash, Outcome: o, When: time.Now().UTC()})
	if err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o644)
}

// compare says whether the run is the one that was seen last, and keeps it.
func (p *player) compare(w io.Writer, r run, m module, o Outcome) error {
	name, err := keptFile(p.target, r)
	if err != nil {
		return nil
	}
	text, err := os.ReadFile(name)
	if err == nil {
		var last kept
		if err := json.Unmarshal(text, &last); err != nil {
			return fmt.Errorf("%s is not what replay has written, remove it: %w", name, err)
		}
		if err := p.difference(w, r, m, o, last); err != nil {
			return err
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return p.keep(r, m, o)
}

// difference tells what is other than it was.
func (p *player) difference(w io.Writer, r run, m module, o Outcome, last kept) error {
	switch equal := same(o, last.Outcome); {
	case last.Module == m.hash && equal:
		fmt.Fprintf(w, "the same run as last time: %s\n", o.mark())
	case last.Module == m.hash:
		return fmt.Errorf("%v was another run although nothing was changed (%s, now %s): this is a bug of replay's, please report it",
			r, last.Outcome.mark(), o.mark())
	case equal:
		fmt.Fprintf(w, "the code was changed since (module %s, now %s), and the run is the same: %s\n", last.Module, m.hash, o.mark())
	default:
		fmt.Fprintf(w, "the code was changed since (module %s, now %s), so this is another run of the same faults: %s, now %s\n",
			last.Module, m.hash, last.Outcome.mark(), o.mark())
	}
	return nil
}
