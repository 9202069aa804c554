package main

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// The reader service lives in a mount and a network namespace of its own. Root makes them; a plain user first becomes
// root of a user namespace, in which everything then runs with that user's rights and no more.

// insideEnv marks a kioskbench that was started anew, so that it is not done twice.
const insideEnv = "KIOSKBENCH_USER_NAMESPACE"

var errNamespaces = errors.New("the card service needs namespaces: run this as root, or let plain users make them with " +
	"sysctl user.max_user_namespaces=10000 (on other kernels kernel.unprivileged_userns_clone=1 or " +
	"kernel.apparmor_restrict_unprivileged_userns=0)")

// asRoot are the flags of unshare(1) with which a plain user becomes root.
var asRoot = []string{"--user", "--map-root-user"}

// enterNamespace returns where this process can make namespaces. As a plain user it does not return at first: the
// program is started anew, in the same process, in a user namespace of its own. An error says what to do.
func enterNamespace() error {
	if os.Geteuid() == 0 && able() {
		return nil
	}
	if os.Getenv(insideEnv) != "" || !able(asRoot...) {
		return errNamespaces
	}
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := append(append([]string{unshare}, asRoot...), "--", self)
	return syscall.Exec(unshare, append(args, os.Args[1:]...), append(os.Environ(), insideEnv+"=1"))
}

// able tries it: some kernels let one make namespaces and then do nothing in them.
func able(flags ...string) bool {
	args := append(flags, "--mount", "--net", "--", "mount", "--make-rprivate", "/")
	return exec.Command("unshare", args...).Run() == nil
}
