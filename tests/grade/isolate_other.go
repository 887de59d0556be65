//go:build !linux

package grade

func tryNetwork() isolation { return isolation{why: "only Linux has network namespaces"} }
