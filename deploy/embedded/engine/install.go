package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Version of libchdb that this package is written and tested against.
const Version = "26.7.3-stable.1"

// LibraryVariable names the environment variable that points at a libchdb.so which
// is already there.
const LibraryVariable = "XUSHI_LIBCHDB"

// npmPackage is where npm has the library of one platform, and the integrity that
// its tarball must have, as `npm view NAME@VERSION dist.integrity` writes it.
type npmPackage struct{ name, integrity string }

// npmPackages are pinned by hand. A platform is missing here when npm does not
// publish this version for it.
var npmPackages = map[string]npmPackage{
	"linux/amd64": {
		name:      "@chdb/lib-linux-x64-gnu",
		integrity: "sha512-XP97mMqnc5tZpKQywR8N7cLTsHNiTmHr30pC5mzo3jWmukjKn2IBa60c2B/gWUNcuFjOMjWoorQICCqBVj5wpw==",
	},
}

// InstallError says why there is no libchdb, and what to do about it.
type InstallError struct {
	Reason string
	Err    error // may be nil
}

func (e *InstallError) Error() string {
	cause := ""
	if e.Err != nil {
		cause = ": " + e.Err.Error()
	}
	return fmt.Sprintf("no ClickHouse engine (libchdb %s): %s%s\n"+
		"two ways out: have npm installed and be online once on linux/amd64 with glibc, and it is fetched by itself;\n"+
		"or set %s=/path/libchdb.so to a library of this version that is already on this machine",
		Version, e.Reason, cause, LibraryVariable)
}

func (e *InstallError) Unwrap() error { return e.Err }

// Locate returns the path of libchdb.so: the one that XUSHI_LIBCHDB names, else the
// one in the user's cache folder, else it is fetched there once through npm, checked
// against the pinned integrity and unpacked. What it does is shown on progress. The
// error is an [*InstallError].
func Locate(ctx context.Context, progress io.Writer) (string, error) {
	if path := os.Getenv(LibraryVariable); path != "" {
		if !isFile(path) {
			return "", &InstallError{Reason: fmt.Sprintf("%s=%s is not a file", LibraryVariable, path)}
		}
		return filepath.Abs(path)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", &InstallError{Reason: "there is no cache folder for this user", Err: err}
	}
	platform := runtime.GOOS + "/" + runtime.GOARCH
	i := installer{
		pkg:      npmPackages[platform],
		platform: platform,
		dir:      filepath.Join(cache, "xushi", "libchdb", Version),
		progress: progress,
	}
	return i.locate(ctx)
}

// installer fetches one package into one folder.
type installer struct {
	pkg      npmPackage
	platform string
	dir      string
	progress io.Writer
}

func (i *installer) library() string { return filepath.Join(i.dir, "libchdb.so") }

// locate is safe to call from several processes at once: one fetches, the others
// wait and find what it left. The library appears under its name only when it is whole.
func (i *installer) locate(ctx context.Context) (string, error) {
	if isFile(i.library()) {
		return i.library(), nil
	}
	if i.pkg.name == "" {
		return "", &InstallError{Reason: "npm has no package of it for " + i.platform}
	}
	if err := os.MkdirAll(i.dir, 0o755); err != nil {
		return "", &InstallError{Reason: "cannot make its folder", Err: err}
	}
	lock, err := os.OpenFile(filepath.Join(i.dir, "install.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", &InstallError{Reason: "cannot lock its folder", Err: err}
	}
	defer func() { _ = lock.Close() }()
	if err := flock(ctx, lock); err != nil {
		return "", &InstallError{Reason: "another process installs it and does not end", Err: err}
	}
	if isFile(i.library()) {
		return i.library(), nil
	}
	if err := i.fetch(ctx); err != nil {
		return "", err
	}
	return i.library(), nil
}

// fetch packs the tarball into a folder beside the library's and unpacks it.
func (i *installer) fetch(ctx context.Context) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return &InstallError{Reason: "npm is not installed", Err: err}
	}
	temp := filepath.Join(i.dir, "fetch") // ours alone: we hold the lock
	if err := errors.Join(os.RemoveAll(temp), os.Mkdir(temp, 0o755)); err != nil {
		return &InstallError{Reason: "cannot make a folder for it", Err: err}
	}
	defer func() { _ = os.RemoveAll(temp) }()

	spec := i.pkg.name + "@" + Version
	i.say("fetching the ClickHouse engine once: npm pack %s (178 MB) …\n", spec)
	cmd := exec.CommandContext(ctx, npm, "pack", spec, "--loglevel=error", "--pack-destination", temp)
	cmd.Dir = temp // away from any package.json or .npmrc of a project
	cmd.WaitDelay = time.Second
	if output, err := cmd.CombinedOutput(); err != nil {
		return &InstallError{Reason: "npm could not fetch it", Err: fmt.Errorf("npm pack %s: %w: %s", spec, errors.Join(ctx.Err(), err), npmWords(output))}
	}
	tarballs, err := filepath.Glob(filepath.Join(temp, "*.tgz"))
	if err != nil || len(tarballs) != 1 {
		return &InstallError{Reason: fmt.Sprintf("npm pack left %d tarballs, not one", len(tarballs)), Err: err}
	}
	if err := unpackLibrary(tarballs[0], i.pkg.integrity, i.library(), i.progress); err != nil {
		return &InstallError{Reason: "what npm fetched cannot be used", Err: err}
	}
	i.say("the ClickHouse engine is in %s\n", i.library())
	return nil
}

func (i *installer) say(format string, args ...any) {
	_, _ = fmt.Fprintf(i.progress, format, args...) // progress is a courtesy
}

// npmWords is the beginning of what npm says is wrong; the rest is its stack.
func npmWords(output []byte) string {
	var words []string
	for line := range strings.Lines(string(output)) {
		if word, ok := strings.CutPrefix(line, "npm error"); ok && strings.TrimSpace(word) != "" {
			words = append(words, strings.TrimSpace(word))
		}
	}
	return strings.Join(words[:min(len(words), 4)], "; ")
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
