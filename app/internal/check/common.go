package check

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode"

	"oneid/app/internal/secret"
)

//go:embed common.gz
var shippedList []byte

// Common is the list of passwords that attackers try first: the one shipped
// with the product, and the operator's own where there is one. It is safe for
// concurrent use.
type Common struct {
	text  string // all entries in order, one after the other
	ends  []uint32
	more  map[string]bool // the operator's plain list
	file  io.ReaderAt     // the operator's list of hashes, read where needed
	lines int64           // its length in bytes
}

// maxPlainList is how large a plain list may be: it is kept in memory.
const maxPlainList = 64 << 20

// OpenCommon reads the shipped list and, unless path is empty, the operator's
// list: either one password a line, or SHA-1 hashes in hexadecimal in ascending
// order, each optionally followed by a colon and a count. Of an operator's list
// that can't be read, the error tells why; the shipped list works all the same,
// so the result is always usable.
func OpenCommon(path string) (*Common, error) {
	shared, err := shippedCommon()
	if err != nil || path == "" {
		return shared, err
	}
	own := *shared
	c := &own
	if err := c.addFile(path); err != nil {
		return c, fmt.Errorf("read list of common passwords %s: %w", path, err)
	}
	return c, nil
}

// shippedCommon is the list as compiled in: it never changes, and unpacking it takes
// long enough to do so only once in a process.
var shippedCommon = sync.OnceValues(func() (*Common, error) { return readShipped(shippedList) })

// readShipped unpacks the list, in which each entry names how much of the one
// before it repeats.
func readShipped(packed []byte) (*Common, error) {
	c := &Common{}
	unpack, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return c, fmt.Errorf("unpack common passwords: %w", err)
	}
	body, err := io.ReadAll(unpack)
	if err != nil {
		return c, fmt.Errorf("unpack common passwords: %w", err)
	}
	var text strings.Builder
	var before []byte
	for line := range bytes.Lines(body) {
		same := int(line[0]) - ' '
		if same < 0 || same > len(before) {
			return &Common{}, errors.New("unpack common passwords: the list is damaged")
		}
		before = append(before[:same], line[1:len(line)-1]...)
		text.Write(before)
		c.ends = append(c.ends, uint32(text.Len()))
	}
	c.text = text.String()
	return c, nil
}

func (c *Common) addFile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	head := make([]byte, hashLength)
	if n, _ := file.ReadAt(head, 0); n == hashLength && isHash(head) {
		c.file, c.lines = file, info.Size() // stays open as long as the product runs
		return nil
	}
	defer file.Close()
	if info.Size() > maxPlainList {
		return fmt.Errorf("a plain list of %d bytes is too large to keep in memory: use a sorted list of SHA-1 hashes", info.Size())
	}
	body, err := io.ReadAll(io.LimitReader(file, maxPlainList))
	if err != nil {
		return err
	}
	more := map[string]bool{}
	for line := range strings.Lines(string(body)) {
		if word := plainLower(strings.TrimRight(line, "\r\n")); word != "" {
			more[word] = true
		}
	}
	c.more = more
	return nil
}

// Has reports whether attackers would try this password early: because it is
// on a list in any letter case or with the usual digits for letters, or
// because it is a listed word with a few digits and signs around it.
func (c *Common) Has(password string) bool {
	if c.hashListed(password) {
		return true
	}
	lower := plainLower(password)
	for _, form := range spellings(lower) {
		if c.listed(form) {
			return true
		}
	}
	word := strings.TrimFunc(lower, notLetter)
	if len(word) < shortestWord || len(lower)-len(word) > longestTrim {
		return false
	}
	for _, form := range spellings(word) {
		if c.listed(form) {
			return true
		}
	}
	return false
}

// Size is the number of entries in memory.
func (c *Common) Size() int { return len(c.ends) + len(c.more) }

const (
	shortestWord = 5 // the "word" of "Word1!"
	longestTrim  = 5 // "2024!"
)

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

func plainLower(s string) string { return strings.ToLower(secret.FoldLatin(s)) }

// spellings are the text itself and what it reads as when digits and signs
// stand for letters.
func spellings(s string) []string {
	forms := []string{s}
	for _, table := range leet {
		if read := table.Replace(s); !slices.Contains(forms, read) {
			forms = append(forms, read)
		}
	}
	return forms
}

var leet = []*strings.Replacer{
	strings.NewReplacer("4", "a", "@", "a", "8", "b", "3", "e", "6", "g", "1", "i", "!", "i", "0", "o", "5", "s", "$", "s", "7", "t", "2", "z"),
	strings.NewReplacer("4", "a", "@", "a", "8", "b", "3", "e", "9", "g", "1", "l", "|", "l", "0", "o", "5", "s", "$", "s", "7", "t", "+", "t"),
}

func (c *Common) listed(word string) bool {
	if c.more[word] {
		return true
	}
	at := sort.Search(len(c.ends), func(i int) bool { return c.entry(i) >= word })
	return at < len(c.ends) && c.entry(at) == word
}

func (c *Common) entry(i int) string {
	start := uint32(0)
	if i > 0 {
		start = c.ends[i-1]
	}
	return c.text[start:c.ends[i]]
}

const (
	hashLength = 2 * sha1.Size
	// A line is a hash, a colon, a count and a line end.
	longestLine = hashLength + 24
)

func isHash(text []byte) bool {
	_, err := hex.DecodeString(string(text))
	return err == nil
}

// hashListed looks the password up in the operator's list of hashes, by halving
// the file. SHA-1 is what such lists are made of; here it only finds a line.
// A file that fails while it is read counts as not listing the password: the
// shipped list still judges.
func (c *Common) hashListed(password string) bool {
	if c.file == nil {
		return false
	}
	sum := sha1.Sum([]byte(password))
	want := strings.ToUpper(hex.EncodeToString(sum[:]))
	low, high := int64(0), c.lines // the line sought begins in [low, high)
	line := make([]byte, longestLine)
	for low < high {
		middle := low + (high-low)/2
		start, hash, ok := c.lineFrom(middle, low, line)
		if !ok || start >= high {
			high = middle
			continue
		}
		switch strings.Compare(hash, want) {
		case 0:
			return true
		case -1:
			low = start + 1
		default:
			high = middle
		}
	}
	return false
}

// lineFrom finds the first line that begins at or after a place in the file.
func (c *Common) lineFrom(place, low int64, line []byte) (start int64, hash string, ok bool) {
	start = place
	if place > low || low > 0 {
		n, err := c.file.ReadAt(line, place-1)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, "", false
		}
		end := bytes.IndexByte(line[:n], '\n')
		if end < 0 {
			return 0, "", false
		}
		start = place + int64(end)
	}
	n, err := c.file.ReadAt(line, start)
	if n < hashLength || err != nil && !errors.Is(err, io.EOF) {
		return 0, "", false
	}
	return start, strings.ToUpper(string(line[:hashLength])), true
}
