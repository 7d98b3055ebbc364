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
        super(message, cause);
        this.code = code;
        this.help = help;
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
        String text = "error[" + code + "]: " + getMessage();
        return help.isEmpty() ? text : text + System.lineSeparator() + "help: " + help;
    }
}
