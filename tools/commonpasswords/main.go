// Command commonpasswords makes app/internal/check/common.gz, the list of
// passwords that are refused because attackers try them first. Where its
// sources come from, and how to run it, stands in docs/common-passwords.md.
//
//	go run ./tools/commonpasswords -out common.gz ranked.txt words.json…
//
// The first source is a list by frequency, one password a line; the others are
// JSON arrays of words that people build passwords from.
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
)

// What is taken of the ranked list: whole passwords need 8 letters, shorter
// entries serve as the word in "Word1!" and only the frequent ones are worth it.
const (
	wholeLength = 8
	wordLength  = 5
	maxLength   = 64
	keepWhole   = 300_000
	keepWords   = 25_000
	keepJSON    = 12_000
)

func main() {
	out := flag.String("out", "common.gz", "the file to write")
	flag.Parse()
	if flag.NArg() == 0 {
		log.Fatal("name the ranked list")
	}
	words := map[string]bool{}
	if err := addRanked(words, flag.Arg(0)); err != nil {
		log.Fatal(err)
	}
	for _, path := range flag.Args()[1:] {
		if err := addJSON(words, path); err != nil {
			log.Fatal(err)
		}
	}
	sorted := make([]string, 0, len(words))
	for word := range words {
		sorted = append(sorted, word)
	}
	slices.Sort(sorted)
	if err := write(*out, sorted); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(sorted), "entries")
}

func addRanked(words map[string]bool, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	whole, short := 0, 0
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		word := strings.ToLower(lines.Text())
		if !usable(word) || words[word] {
			continue
		}
		switch {
		case len(word) >= wholeLength && whole < keepWhole:
			whole++
		case len(word) >= wordLength && len(word) < wholeLength && short < keepWords:
			short++
		default:
			continue
		}
		words[word] = true
	}
	return lines.Err()
}

func addJSON(words map[string]bool, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var list []string
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, word := range list[:min(len(list), keepJSON)] {
		if word = french.Replace(strings.ToLower(word)); usable(word) && len(word) >= wordLength {
			words[word] = true
		}
	}
	return nil
}

// french writes the words of the French list the way a password is compared.
var french = strings.NewReplacer("à", "a", "â", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e",
	"î", "i", "ï", "i", "ô", "o", "ù", "u", "û", "u", "ü", "u", "ÿ", "y", "œ", "oe", "æ", "ae", "’", "'")

// usable keeps to printable ASCII: a password is compared without its accents.
func usable(word string) bool {
	return len(word) <= maxLength && strings.IndexFunc(word, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// write stores each entry as one byte for how much of the entry before it
// repeats, counted from a blank, and the rest, one a line.
func write(path string, sorted []string) error {
	var body bytes.Buffer
	pack, err := gzip.NewWriterLevel(&body, gzip.BestCompression)
	if err != nil {
		return err
	}
	before := ""
	for _, word := range sorted {
		same := 0
		for same < len(word) && same < len(before) && word[same] == before[same] {
			same++
		}
		if _, err := fmt.Fprintf(pack, "%c%s\n", ' '+same, word[same:]); err != nil {
			return err
		}
		before = word
	}
	if err := pack.Close(); err != nil {
		return err
	}
	return os.WriteFile(path, body.Bytes(), 0o644)
}
