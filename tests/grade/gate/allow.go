package gate

// allowance says what of a package may be used.
type allowance struct {
	only  []string // these names, and these fields of variables ("Opts.Disable"); nil: all
	never []string // all but these
}

// everything is an allowance without exceptions.
var everything = allowance{}

// allowed is the allow-list, by import path. The package comment says what earns
// a package its place.
var allowed = map[string]allowance{
	// The contract.
	"raftlabs/labgob":       {only: []string{"NewEncoder", "NewDecoder", "Encoder", "Decoder", "Register", "RegisterName"}},
	"raftlabs/labrpc":       {only: []string{"ClientEnd"}},
	"raftlabs/raft/raftapi": {only: []string{"ApplyMsg", "Logf", "MakeFunc", "NotImplemented", "Persister", "Raft", "Reader"}},
	"raftlabs/kvraft/kvapi": {only: []string{"Clerk", "MakeClerkFunc", "Server", "Service", "StartFunc"}},
	"raftlabs/labsync": {only: []string{
		"Mutex", "RWMutex", "Locker", "Cond", "NewCond", "Map", "Once", "OnceFunc", "OnceValue", "OnceValues", "Pool", "WaitGroup",
	}},

	// Its LogBuf is the standard error, as a file.
	"github.com/sasha-s/go-deadlock": {only: []string{
		"Mutex", "RWMutex", "Locker", "Cond", "NewCond", "Map", "Once", "Pool", "WaitGroup",
		"Opts.Disable", "Opts.DisableLockOrderDetection", "Opts.DeadlockTimeout", "Opts.OnPotentialDeadlock",
		"Opts.MaxMapSize", "Opts.PrintAllCurrentGoroutines",
	}},

	// Values and collections.
	"bytes":             everything,
	"cmp":               everything,
	"container/heap":    everything,
	"container/list":    everything,
	"container/ring":    everything,
	"errors":            everything,
	"index/suffixarray": everything,
	"iter":              everything,
	"maps":              everything,
	"slices":            everything,
	"sort":              everything,
	"strconv":           everything,
	"strings":           everything,
	"structs":           everything,

	// Time and goroutines.
	"context":     everything,
	"sync":        everything,
	"sync/atomic": everything,
	"time":        everything,

	// Numbers and chance.
	"crypto/rand":  everything,
	"math":         everything,
	"math/big":     everything,
	"math/bits":    everything,
	"math/cmplx":   everything,
	"math/rand":    everything,
	"math/rand/v2": everything,

	// Text and printing.
	"fmt":            everything,
	"log":            {never: []string{"Default", "Writer"}},
	"log/slog":       everything,
	"path":           everything,
	"regexp":         everything,
	"regexp/syntax":  everything,
	"text/scanner":   everything,
	"text/tabwriter": everything,
	"unicode":        everything,
	"unicode/utf16":  everything,
	"unicode/utf8":   everything,

	// Bytes: for snapshots and for what is saved.
	"bufio":            everything,
	"compress/bzip2":   everything,
	"compress/flate":   everything,
	"compress/gzip":    everything,
	"compress/lzw":     everything,
	"compress/zlib":    everything,
	"encoding":         everything,
	"encoding/ascii85": everything,
	"encoding/asn1":    everything,
	"encoding/base32":  everything,
	"encoding/base64":  everything,
	"encoding/binary":  everything,
	"encoding/csv":     everything,
	"encoding/gob":     everything,
	"encoding/hex":     everything,
	"encoding/json":    everything,
	"encoding/pem":     everything,
	"encoding/xml":     everything,
	"io":               everything,

	// Hashes.
	"crypto/hmac":   everything,
	"crypto/md5":    everything,
	"crypto/sha1":   everything,
	"crypto/sha256": everything,
	"crypto/sha3":   everything,
	"crypto/sha512": everything,
	"crypto/subtle": everything,
	"hash":          everything,
	"hash/adler32":  everything,
	"hash/crc32":    everything,
	"hash/crc64":    everything,
	"hash/fnv":      everything,
	"hash/maphash":  everything,
}

// remedies says what to do instead of an import, for the package and all below
// it: the longest path that fits counts.
var remedies = map[string]string{
	"C":                           "write it in Go: C code is not compiled here",
	"embed":                       "write the text into the source",
	"expvar":                      "use raftapi.Logf: what it is given stands in the trace",
	"flag":                        "use a constant: the flags of the program are the test's",
	"go":                          "nothing in these labs needs it",
	"html/template":               "use fmt",
	"io/fs":                       "save with the Persister: student code has no files",
	"io/ioutil":                   "use io.ReadAll and io.Discard: student code has no files",
	"log/syslog":                  "use raftapi.Logf, log or fmt",
	"net":                         "use labrpc: ClientEnd.Call is the only way to another server",
	"os":                          "save with the Persister, use raftapi.Logf or fmt.Println to print, and a constant rather than os.Getenv",
	"os/exec":                     "student code starts no processes",
	"path/filepath":               "use path, if it is about text: student code has no files",
	"plugin":                      "write it into the package",
	"raftlabs/solutions":          "write it yourself: the reference is not for use",
	"raftlabs/tests":              "the tests call your package, not the other way round",
	"raftlabs/kvraft":             "a service is built on a Raft: raft does not know it",
	"raftlabs/raft":               "raft imports neither itself nor a folder below it, of which nothing is taken: move the files of that folder into raft/ itself, as package raft",
	"reflect":                     "use a type switch, slices.Equal or maps.Equal",
	"runtime":                     "wait with a condition or time.Sleep rather than runtime.Gosched, and see goroutines and memory in the report of a failure",
	"syscall":                     "student code has the Persister and labrpc, and nothing of the system",
	"testing":                     "call the code from a _test.go file: those are not graded",
	"text/template":               "use fmt: templates can read files",
	"unique":                      "use a map",
	"unsafe":                      "use encoding/binary or a conversion",
	"weak":                        "use a map, and delete from it",
	"6.824":                       "import it as raftlabs/... (handouts/porting.md)",
	"6.5840":                      "import it as raftlabs/... (handouts/porting.md)",
	"labgob":                      "import it as raftlabs/labgob",
	"labrpc":                      "import it as raftlabs/labrpc",
	"raft":                        "import it as raftlabs/raft",
	"golang.org/x/exp":            "use slices, maps and cmp of the standard library",
	"golang.org/x/sync":           "use sync.WaitGroup",
	"github.com/petermattis/goid": "give your goroutines names of your own",
}
