package kvtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"
)

// model is one key: a string. A write can always be the next operation, a Get can
// where it returned the value that the key has.
var model = porcupine.Model{
	Init: func() any { return "" },
	Step: func(state, input, _ any) (bool, any) {
		switch op := input.(Operation); op.Kind {
		case Put:
			return true, op.Value
		case Append:
			return true, state.(string) + op.Value
		default:
			return state.(string) == op.Value, state
		}
	},
	DescribeOperation: func(input, _ any) string {
		op := input.(Operation)
		if op.Kind == Get {
			return fmt.Sprintf("%v returned %s", op, brief(op.Value))
		}
		return op.String()
	},
	DescribeState: func(state any) string { return brief(state.(string)) },
	DescribeOperationMetadata: func(metadata any) string {
		op := metadata.(Operation)
		if op.Return == Pending {
			return fmt.Sprintf("from %.6f s on, not returned", op.Began.Seconds())
		}
		return fmt.Sprintf("%.6f s to %.6f s", op.Began.Seconds(), op.Ended.Seconds())
	},
}

// byKey divides a history into those of its keys, the first key first. A Get that
// has not returned says nothing and is left out.
func byKey(history []Operation) (keys []string, of map[string][]Operation) {
	of = map[string][]Operation{}
	for _, op := range history {
		if op.Kind == Get && op.Return == Pending {
			continue
		}
		if of[op.Key] == nil {
			keys = append(keys, op.Key)
		}
		of[op.Key] = append(of[op.Key], op)
	}
	slices.Sort(keys)
	return keys, of
}

// forPorcupine is a history of one key as porcupine takes it. A write that has
// not returned may take effect at any time after its call, or after all others,
// which is as good as never.
func forPorcupine(history []Operation) (all []porcupine.Operation) {
	for _, op := range history {
		all = append(all, porcupine.Operation{ClientId: op.Client, Input: op, Call: op.Call, Return: op.Return, Metadata: op})
	}
	return all
}

// search looks for an order of one key's history until a moment of real time.
func search(history []Operation, until time.Time) Result {
	left := time.Until(until)
	if left <= 0 {
		return Unknown
	}
	return result(porcupine.CheckOperationsTimeout(model, forPorcupine(history), left))
}

func result(r porcupine.CheckResult) Result {
	switch r {
	case porcupine.Ok:
		return Linearizable
	case porcupine.Illegal:
		return Illegal
	default:
		return Unknown
	}
}
