package org.nnlang.compiler.diagnostic;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The catalogue of diagnostics. A code's id is stable: a page of the documentation, a suppression or a search may
/// name it; so codes are added, never renumbered. Each has a page `docs/errors/<id>.md` with its title.
///
/// | ids    | about                                         |
/// |--------|-----------------------------------------------|
/// | NN00xx | characters and words                          |
/// | NN01xx | grammar                                       |
/// | NN02xx | shapes and dimensions                         |
/// | NN03xx | names, imports, declarations                  |
/// | NN04xx | types, dtypes, arguments                      |
/// | NN05xx | layers, parameters, state, random numbers     |
/// | NN06xx | training: minimize, gradients, metrics        |
/// | NN07xx | data files                                    |
/// | NN08xx | checkpoints, running, the command line        |
/// | NN09xx | not supported yet                             |
public enum Code {
    // NN00xx: characters and words
    STRAY_CHARACTER("NN0001", "a character that means nothing here"),
    UNCLOSED_STRING("NN0002", "a string that is never closed"),
    UNKNOWN_ESCAPE("NN0003", "an unknown escape in a string"),
    MALFORMED_NUMBER("NN0004", "a malformed number"),
    NUMBER_TOO_LARGE("NN0005", "a number that is too large"),
    TYPOGRAPHIC_CHARACTER("NN0006", "a typographic character instead of a plain one"),
    UNCLOSED_COMMENT("NN0007", "a comment of another language"),

    // NN01xx: grammar
    UNEXPECTED("NN0101", "something that cannot stand here"),
    UNCLOSED_BRACKET("NN0102", "a bracket that is never closed"),
    UNOPENED_BRACKET("NN0103", "a closing bracket without an opening one"),
    OTHER_LANGUAGE("NN0104", "a word of another language"),
    ASSIGNMENT_AS_CONDITION("NN0105", "`=` where a comparison is meant"),
    OTHER_OPERATOR("NN0106", "an operator of another language"),
    MISSING_ARROW("NN0107", "a lambda without an arrow"),
    MISSING_COMMA("NN0108", "a missing comma"),
    MISSING_EXPRESSION("NN0109", "a missing value"),
    MISSING_BODY("NN0110", "a missing body"),
    MISSING_TYPE("NN0111", "a missing type"),
    WRONG_ASSIGNMENT("NN0112", "the wrong assignment sign"),
    PIPE_TARGET("NN0113", "a pipe into something that is not a function"),
    CHAINED_COMPARISON("NN0114", "comparisons in a chain"),
    RESERVED_WORD("NN0115", "a reserved word as a name"),
    MISPLACED_DECLARATION("NN0116", "a declaration in the wrong place"),
    MISPLACED_STATEMENT("NN0117", "a statement in the wrong place"),
    MISSING_NAME("NN0118", "a missing name"),
    TWO_STATEMENTS("NN0119", "two statements on one line"),
    LINE_STARTS_WITH_OPERATOR("NN0120", "a line that starts with an operator"),
    MISSING_PARAMETERS("NN0121", "a missing parameter list"),
    NESTED_TOO_DEEPLY("NN0122", "an expression nested too deeply"),

    // NN02xx: shapes and dimensions

    // NN03xx: names, imports, declarations

    // NN04xx: types, dtypes, arguments

    // NN05xx: layers, parameters, state, random numbers

    // NN06xx: training: minimize, gradients, metrics

    // NN07xx: data files

    // NN08xx: checkpoints, running, the command line

    // NN09xx: not supported yet
    ;

    private static final List<Code> ALL = List.of(values());

    private final String id;
    private final String title;
    private final Severity severity;

    Code(String id, String title) {
        this(id, title, Severity.ERROR);
    }

    Code(String id, String title, Severity severity) {
        this.id = id;
        this.title = title;
        this.severity = severity;
    }

    /// `NN0203`.
    public String id() {
        return id;
    }

    /// What the code is about, as the title of its page.
    public String title() {
        return title;
    }

    public Severity severity() {
        return severity;
    }

    /// Whether it is about characters or grammar: the text could not be read as a program.
    public boolean isSyntax() {
        return id.startsWith("NN00") || id.startsWith("NN01");
    }

    public static List<Code> all() {
        return ALL;
    }

    /// The code with this id, in any case.
    public static Optional<Code> find(String id) {
        return Arrays.stream(values()).filter(code -> code.id.equalsIgnoreCase(id)).findFirst();
    }
}
