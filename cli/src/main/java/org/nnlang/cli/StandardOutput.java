package org.nnlang.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;

/// The standard output, which remembers what went wrong: a `PrintStream` swallows it, and predictions that a full disk cut off
/// would count as written.
final class StandardOutput extends FileOutputStream {
    private volatile @Nullable IOException failure;

    private StandardOutput() {
        super(FileDescriptor.out);
    }

    /// Puts one in the place of Java's.
    static StandardOutput install() {
        var output = new StandardOutput();
        System.setOut(new PrintStream(new BufferedOutputStream(output), true, System.out.charset()));
        return output;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            super.write(bytes, offset, length);
        } catch (IOException e) {
            failure = failure == null ? e : failure;
            throw e;
        }
    }

    /// A reader that has seen enough and went, such as `head`, is no mistake.
    ///
    /// @throws NnException NN0852 where anything else kept the output from being written
    void requireWritten() {
        System.out.flush();
        IOException cause = failure;
        if (cause != null && !String.valueOf(cause.getMessage()).contains("Broken pipe")) {
            throw Unwritable.of("the output", cause, "let it go to another place");
        }
    }
}
