package engine

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// unpackLibrary takes libchdb.so out of an npm tarball and puts it at target, whole
// and only if the tarball has the integrity. The tarball is read once: the library is
// written beside the tarball while the hash is computed, and gets its name last.
func unpackLibrary(tarball, integrity, target string, progress io.Writer) error {
	f, err := os.Open(tarball)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	hash := sha512.New()
	packed := io.TeeReader(f, hash)
	temp, err := os.Create(filepath.Join(filepath.Dir(tarball), "unpacked"))
	if err != nil {
		return err
	}
	defer func() { _ = temp.Close() }()
	if err := extract(packed, "libchdb.so", temp, progress); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, packed); err != nil { // what follows the file counts in the hash too
		return err
	}
	if got := "sha512-" + base64.StdEncoding.EncodeToString(hash.Sum(nil)); got != integrity {
		return fmt.Errorf("its integrity is %s, pinned is %s", got, integrity)
	}
	if err := errors.Join(temp.Chmod(0o644), temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), target)
}

// extract copies the one file called name out of a gzipped tar.
func extract(packed io.Reader, name string, to io.Writer, progress io.Writer) error {
	unzipped, err := gzip.NewReader(packed)
	if err != nil {
		return err
	}
	archive := tar.NewReader(unzipped)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			return fmt.Errorf("there is no %s in it", name)
		}
		if err != nil {
			return err
		}
		if header.Typeflag == tar.TypeReg && path.Base(header.Name) == name {
			bar := newBar(progress, header.Size)
			_, err := io.Copy(io.MultiWriter(to, bar), archive)
			return errors.Join(err, bar.Close())
		}
	}
}

// newBar shows how far unpacking is: a moving bar on a terminal, one line elsewhere.
func newBar(progress io.Writer, size int64) io.WriteCloser {
	if f, ok := progress.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return progressbar.NewOptions64(size,
			progressbar.OptionSetWriter(f), progressbar.OptionSetDescription("unpacking"),
			progressbar.OptionShowBytes(true), progressbar.OptionSetWidth(30),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionOnCompletion(func() { _, _ = fmt.Fprintln(f) }))
	}
	_, _ = fmt.Fprintf(progress, "unpacking %d MB …\n", size>>20)
	return nopCloser{io.Discard}
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
