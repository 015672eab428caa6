package scan

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Decode takes a report's bytes for text. A ledger keeps its text byte for byte and counts offsets in its
// characters, so nothing is converted on the way: what is not plain UTF-8 with plain line ends is refused
// with the command that converts it.
func Decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return "", errors.New("the text is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8 REPORT.txt > source.txt")
	case !utf8.Valid(data) && readsAsGB18030(data):
		return "", errors.New("the text is GB18030 (GBK), not UTF-8; convert it first: iconv -f GB18030 -t UTF-8 REPORT.txt > source.txt")
	case !utf8.Valid(data):
		return "", fmt.Errorf("the text is not UTF-8: byte %d is wrong", firstInvalid(data))
	case bytes.HasPrefix(data, []byte("\uFEFF")) || bytes.ContainsRune(data, '\r'):
		return "", errors.New("the text has a byte-order mark or Windows line ends, which would count as characters; " +
			`take them out first: sed -e '1s/^\xEF\xBB\xBF//' -e 's/\r$//' REPORT.txt > source.txt`)
	case len(bytes.TrimSpace(data)) == 0:
		return "", errors.New("the text is empty")
	}
	return string(data), nil
}

func readsAsGB18030(data []byte) bool {
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	return err == nil && !bytes.ContainsRune(decoded, utf8.RuneError)
}

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}
