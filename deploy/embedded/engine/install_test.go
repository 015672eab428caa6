package engine

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// fakeNPM puts an npm into the PATH that answers `npm pack` with the tarball, or
// fails when there is none, and counts its runs in a file.
func fakeNPM(t *testing.T, tarball []byte) (runs func() int) {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\necho run >> " + dir + "/runs\necho 'npm warn old' >&2\necho 'npm error code ENOTFOUND' >&2\necho 'npm error no network' >&2\nexit 1\n"
	if tarball != nil {
		script = "#!/bin/sh\necho run >> " + dir + "/runs\n" + // npm pack SPEC --loglevel=error --pack-destination DIR
			"[ \"$1 $2 $4\" = 'pack @chdb/test@" + Version + " --pack-destination' ] || exit 9\ncp " + dir + "/library \"$5/chdb-test.tgz\"\n"
	}
	for name, content := range map[string][]byte{"npm": []byte(script), "library": tarball} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return func() int {
		runs, _ := os.ReadFile(filepath.Join(dir, "runs")) // none yet: zero runs
		return bytes.Count(runs, []byte("run"))
	}
}

// pack makes an npm tarball, and its integrity.
func pack(t *testing.T, files map[string]string) (tarball []byte, integrity string) {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	archive := tar.NewWriter(zipped)
	for name, content := range files {
		header := &tar.Header{Name: name, Mode: 0o644, Size: int64(len(content)), Typeflag: tar.TypeReg}
		_, err := func() (int, error) {
			if err := archive.WriteHeader(header); err != nil {
				return 0, err
			}
			return archive.Write([]byte(content))
		}()
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(archive.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512(b.Bytes())
	return b.Bytes(), "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
}

func newInstaller(t *testing.T, integrity string, progress io.Writer) *installer {
	t.Helper()
	return &installer{
		pkg:      npmPackage{name: "@chdb/test", integrity: integrity},
		platform: "test/test",
		dir:      filepath.Join(t.TempDir(), "cache", "of", "nobody"),
		progress: progress,
	}
}

func TestInstallFetchesOnceForAll(t *testing.T) {
	tarball, integrity := pack(t, map[string]string{"package/index.js": "x", "package/libchdb.so": strings.Repeat("engine", 1000)})
	runs := fakeNPM(t, tarball)
	i := newInstaller(t, integrity, io.Discard)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			path, err := i.locate(context.Background())
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != strings.Repeat("engine", 1000) {
				t.Errorf("library is %d bytes, error %v", len(got), err)
			}
		})
	}
	group.Wait()
	if runs() != 1 {
		t.Errorf("npm ran %d times for 8 installers at once, want 1", runs())
	}
	if left, err := filepath.Glob(filepath.Join(i.dir, "fetch*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, error %v", left, err)
	}
}

func TestInstallSaysWhatItDoes(t *testing.T) {
	tarball, integrity := pack(t, map[string]string{"package/libchdb.so": "engine"})
	fakeNPM(t, tarball)
	var progress bytes.Buffer
	i := newInstaller(t, integrity, &progress)
	if _, err := i.locate(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"npm pack @chdb/test@" + Version, "unpacking", i.library()} {
		if !strings.Contains(progress.String(), want) {
			t.Errorf("progress does not mention %q:\n%s", want, &progress)
		}
	}
}

func TestInstallRefuses(t *testing.T) {
	good, integrity := pack(t, map[string]string{"package/libchdb.so": "engine"})
	empty, emptyIntegrity := pack(t, map[string]string{"package/index.js": "x"})
	for _, tt := range []struct {
		name      string
		tarball   []byte
		integrity string
		change    func(t *testing.T, i *installer)
		want      string
	}{
		{"offline", nil, integrity, nil, "code ENOTFOUND; no network"},
		{"another tarball than the pinned one", good, emptyIntegrity, nil, "pinned is " + emptyIntegrity},
		{"a tarball without the library", empty, emptyIntegrity, nil, "no libchdb.so"},
		{"a tarball cut short", good[:len(good)/2], integrity, nil, "unexpected EOF"},
		{"no npm", good, integrity, func(t *testing.T, _ *installer) { t.Helper(); t.Setenv("PATH", t.TempDir()) }, "npm is not installed"},
		{"a platform without package", good, integrity, func(_ *testing.T, i *installer) { i.pkg = npmPackage{} }, "no package of it for test/test"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fakeNPM(t, tt.tarball)
			i := newInstaller(t, tt.integrity, io.Discard)
			if tt.change != nil {
				tt.change(t, i)
			}
			path, err := i.locate(context.Background())
			if e, ok := errors.AsType[*InstallError](err); !ok || !strings.Contains(e.Error(), tt.want) {
				t.Fatalf("path %q, error %v; want an InstallError with %q", path, err, tt.want)
			}
			for _, way := range []string{"npm", LibraryVariable + "="} {
				if !strings.Contains(err.Error(), way) {
					t.Errorf("the error does not name the way out %q: %v", way, err)
				}
			}
			if isFile(i.library()) {
				t.Error("a library was left behind")
			}
		})
	}
}

func TestLocateTakesTheLibraryThatIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.so")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(LibraryVariable, path)
	if got, err := Locate(context.Background(), io.Discard); err != nil || got != path {
		t.Errorf("Locate = %q, %v; want %q", got, err, path)
	}
	t.Setenv(LibraryVariable, path+".missing")
	_, err := Locate(context.Background(), io.Discard)
	if _, ok := errors.AsType[*InstallError](err); !ok || !strings.Contains(err.Error(), "mine.so.missing is not a file") {
		t.Errorf("Locate of a missing file: %v", err)
	}
}

func TestLocateTakesTheLibraryInTheCache(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, "cache"))
	t.Setenv(LibraryVariable, "")
	runs := fakeNPM(t, nil)
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(cache, "xushi", "libchdb", Version, "libchdb.so")
	if err := errors.Join(os.MkdirAll(filepath.Dir(want), 0o700), os.WriteFile(want, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if got, err := Locate(context.Background(), io.Discard); err != nil || got != want || runs() != 0 {
		t.Errorf("Locate = %q, %v with %d runs of npm; want %q", got, err, runs(), want)
	}
}
