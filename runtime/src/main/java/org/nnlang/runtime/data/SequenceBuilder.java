package org.nnlang.runtime.data;

import java.nio.file.Path;
import java.util.Arrays;

/// Puts sequences one behind the other.
final class SequenceBuilder {
    private final Path path;
    private int[] tokens = new int[1024];
    private int length;
    private int[] starts = new int[256];
    private int count;
    private int longest;

    SequenceBuilder(Path path) {
        this.path = path;
    }

    void add(int[] sequence) {
        if (length + (long) sequence.length > Integer.MAX_VALUE - 8) {
            throw DataErrors.tooLarge(path, "its texts have too many tokens");
        }
        if (length + sequence.length > tokens.length) {
            tokens = Arrays.copyOf(tokens, (int) Math.min(Integer.MAX_VALUE - 8, 2L * (length + sequence.length)));
        }
        System.arraycopy(sequence, 0, tokens, length, sequence.length);
        length += sequence.length;
        if (++count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
        }
        starts[count] = length;
        longest = Math.max(longest, sequence.length);
    }

    int count() {
        return count;
    }

    int longest() {
        return longest;
    }

    /// @param most what a row is filled up to where it is read whole
    Column build(int most) {
        return new Column.Sequences(Arrays.copyOf(tokens, length), Arrays.copyOf(starts, count + 1), most);
    }
}
