package mutant

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"
)

//go:embed catalogue
var catalogueFiles embed.FS

// Catalogue is every edit: variants first, then mutants, each by name.
func Catalogue() ([]Edit, error) { return catalogue() }

var catalogue = sync.OnceValues(func() ([]Edit, error) {
	folder, err := fs.Sub(catalogueFiles, "catalogue")
	if err != nil {
		return nil, err
	}
	return readCatalogue(folder)
})

var kebab = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// readCatalogue reads a folder that has the folders variants and mutants.
func readCatalogue(folder fs.FS) ([]Edit, error) {
	var edits []Edit
	var errs []error
	seen := map[string]bool{}
	for _, kind := range []Kind{Variant, Mutant} {
		files, err := fs.Glob(folder, string(kind)+"s/*")
		if err != nil {
			return nil, fmt.Errorf("reading the catalogue: %w", err)
		}
		for _, file := range files {
			name, ok := strings.CutSuffix(path.Base(file), ".txtar")
			if !ok || !kebab.MatchString(name) || seen[name] {
				errs = append(errs, fmt.Errorf("%s: it is to be NAME.txtar with a name in kebab-case that is used once", file))
				continue
			}
			seen[name] = true
			text, err := fs.ReadFile(folder, file)
			if err != nil {
				return nil, fmt.Errorf("reading the catalogue: %w", err)
			}
			e, err := parse(name, kind, text)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", file, err))
			}
			edits = append(edits, e)
		}
	}
	return edits, errors.Join(errs...)
}
