package org.nnlang.compiler.diagnostic;

/// The colours of a rendered diagnostic, or none.
enum Palette {
    PLAIN,
    TERMINAL;

    private static final String RED = "1;31";
    private static final String YELLOW = "1;33";
    private static final String BLUE = "1;34";
    private static final String CYAN = "1;36";
    private static final String BOLD = "1";

    String severity(Severity severity, String text) {
        return switch (severity) {
            case ERROR -> paint(RED, text);
            case WARNING -> paint(YELLOW, text);
        };
    }

    /// Line numbers, bars and what is marked beside the main place.
    String gutter(String text) {
        return paint(BLUE, text);
    }

    String strong(String text) {
        return paint(BOLD, text);
    }

    String help(String text) {
        return paint(CYAN, text);
    }

    private String paint(String colour, String text) {
        return this == PLAIN || text.isBlank() ? text : "\u001B[" + colour + "m" + text + "\u001B[0m";
    }
}
