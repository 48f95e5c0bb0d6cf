// Checks a log that was written out by `baodao log export`, with Go's own packages for signed notes and tiled logs, which know
// nothing of Baodao: the signature, every leaf against its tile, the root, and that the tree grew out of each smaller size.
//
//	check_log KEY FOLDER
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type tiles string

func (folder tiles) Height() int { return 8 }

func (folder tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles finds them where C2SP has them: Go's own paths begin with the height and have more digits.
func (folder tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		bytes, err := os.ReadFile(filepath.Join(string(folder), "tile", fmt.Sprint(tile.L), number(tile.N, tile.W)))
		if err != nil {
			return nil, err
		}
		found = append(found, bytes)
	}
	return found, nil
}

func number(n int64, width int) string {
	text := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		text = fmt.Sprintf("x%03d/%s", n%1000, text)
	}
	if width < 256 {
		text += fmt.Sprintf(".p/%d", width)
	}
	return text
}

func check(key, folder string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return tlog.Tree{}, err
	}
	signed, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(signed.Text, "\n")
	var tree tlog.Tree
	if _, err := fmt.Sscan(lines[1], &tree.N); err != nil {
		return tree, err
	}
	if tree.Hash, err = tlog.ParseHash(lines[2]); err != nil {
		return tree, err
	}
	// The reader holds every tile against the root.
	reader := tlog.TileHashReader(tree, tiles(folder))
	for bundle := int64(0); bundle*256 < tree.N; bundle++ {
		width := tree.N - bundle*256
		if width > 256 {
			width = 256
		}
		rest, err := os.ReadFile(filepath.Join(folder, "tile", "entries", number(bundle, int(width))))
		if err != nil {
			return tree, err
		}
		for at := int64(0); at < width; at++ {
			length := int(binary.BigEndian.Uint16(rest))
			leaf := rest[2 : 2+length]
			rest = rest[2+length:]
			index := bundle*256 + at
			hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
			if err != nil {
				return tree, err
			}
			if hashes[0] != tlog.RecordHash(leaf) {
				return tree, fmt.Errorf("leaf %d is not the one in the tree", index)
			}
			proof, err := tlog.ProveRecord(tree.N, index, reader)
			if err != nil {
				return tree, err
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, hashes[0]); err != nil {
				return tree, err
			}
		}
	}
	for size := int64(1); size < tree.N; size += 1 + size/3 {
		then, err := tlog.TreeHash(size, reader)
		if err != nil {
			return tree, err
		}
		proof, err := tlog.ProveTree(tree.N, size, reader)
		if err != nil {
			return tree, err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, size, then); err != nil {
			return tree, err
		}
	}
	return tree, nil
}

func main() {
	tree, err := check(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%d leaves, root %s\n", tree.N, tree.Hash)
}
