package org.nnlang.cache;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.nnlang.cache.RecordedAnswers.FileAnswer;
import org.nnlang.cache.RecordedAnswers.HeaderAnswer;

/// Answers as bytes.
final class AnswersCodec {
    private static final int MAX_LENGTH = 1 << 28;

    private AnswersCodec() {}

    static void write(RecordedAnswers answers, DataOutputStream out) throws IOException {
        out.writeInt(answers.files().size());
        for (FileAnswer answer : answers.files()) {
            text(out, answer.importer());
            text(out, answer.path());
            out.writeBoolean(answer.name() != null);
            if (answer.name() != null && answer.text() != null) {
                text(out, answer.name());
                text(out, answer.text());
            }
        }
        var headers = answers.headers();
        out.writeInt(headers.size());
        for (HeaderAnswer answer : headers) {
            text(out, answer.expression());
            text(out, answer.header());
        }
    }

    /// Asks everything again; whether nothing has changed.
    static boolean confirm(DataInputStream in, RecordedAnswers asked) throws IOException {
        for (int left = in.readInt(); left > 0; left--) {
            String importer = text(in);
            String path = text(in);
            boolean found = in.readBoolean();
            if (!asked.confirms(
                    new FileAnswer(importer, path, found ? text(in) : null, found ? text(in) : null))) {
                return false;
            }
        }
        for (int left = in.readInt(); left > 0; left--) {
            if (!asked.confirms(new HeaderAnswer(text(in), text(in)))) {
                return false;
            }
        }
        return true;
    }

    static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MAX_LENGTH) {
            throw new IOException("damaged: a text of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
