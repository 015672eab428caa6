//go:build !linux

package engine

import "syscall"

// dieWithParent: only Linux has the kernel kill the child. Elsewhere the child sees
// its standard input end, and stops by itself.
func dieWithParent() *syscall.SysProcAttr { return nil }

// enterFence: only Linux has Landlock.
func enterFence(childConfig) (string, error) { return "none", nil }
