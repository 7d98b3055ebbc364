package org.nnlang.runtime;

import org.jspecify.annotations.Nullable;

/// An error that a user of a model can mend: wrong data, a damaged checkpoint, an index out of range.
///
/// The code (`NN0810`) names a page of the manual, the message says what is wrong in the user's terms, and the
/// help says what to do. Mistakes of a programmer who calls the runtime are ordinary `IllegalArgumentException`s.
public final class NnException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final String help;
    private final @Nullable String source;
    private final int line;

    /// @param code such as `NN0810`
    /// @param message what is wrong, a sentence without a final full stop
    /// @param help what to do about it, or the empty string
    public NnException(String code, String message, String help) {
        this(code, message, help, null);
    }

    /// @param code such as `NN0810`
    /// @param message what is wrong, a sentence without a final full stop
    /// @param help what to do about it, or the empty string
    /// @param cause the error underneath, or null
    public NnException(String code, String message, String help, @Nullable Throwable cause) {
        this(code, message, help, cause, null, 0);
    }

    private NnException(
            String code, String message, String help, @Nullable Throwable cause, @Nullable String source, int line) {
        super(message, cause);
        this.code = code;
        this.help = help;
        this.source = source;
        this.line = line;
    }

    /// The same, which arose where a line of a program's source says so.
    ///
    /// @param source the name of the source file
    /// @param line   counted from 1
    public NnException at(String source, int line) {
        var placed = new NnException(code, String.valueOf(getMessage()), help, getCause(), source, line);
        placed.setStackTrace(getStackTrace());
        return placed;
    }

    /// The name of the source file where it arose; null where none is to blame or nobody knows.
    public @Nullable String source() {
        return source;
    }

    /// The line of [#source], counted from 1; otherwise 0.
    public int line() {
        return line;
    }

    /// The code, such as `NN0810`.
    public String code() {
        return code;
    }

    /// What to do about it; empty where there is nothing to add.
    public String help() {
        return help;
    }

    @Override
    public String toString() {
        String place = source == null ? "" : " at " + source + ":" + line;
        String text = "error[" + code + "]: " + getMessage() + place;
        return help.isEmpty() ? text : text + System.lineSeparator() + "help: " + help;
    }
}
