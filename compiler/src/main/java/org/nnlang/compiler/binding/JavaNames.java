package org.nnlang.compiler.binding;

import java.util.HashSet;
import java.util.Set;

/// Names of the language as names of Java, each once.
final class JavaNames {
    private static final Set<String> RESERVED = Set.of(
            "abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class", "const", "continue",
            "default", "do", "double", "else", "enum", "extends", "final", "finally", "float", "for", "goto", "if",
            "implements", "import", "instanceof", "int", "interface", "long", "native", "new", "package", "private",
            "protected", "public", "return", "short", "static", "strictfp", "super", "switch", "synchronized", "this",
            "throw", "throws", "transient", "try", "void", "volatile", "while", "true", "false", "null", "_");

    private final Set<String> taken;

    /// @param taken what none may be called
    JavaNames(Set<String> taken) {
        this.taken = new HashSet<>(taken);
    }

    /// A Java name like `name`.
    String of(String name) {
        StringBuilder java = new StringBuilder();
        name.codePoints().forEach(c -> {
            if (java.isEmpty() && Character.isJavaIdentifierPart(c) && !Character.isJavaIdentifierStart(c)) {
                java.append('_');
            }
            // An ignorable character would make two names one.
            boolean fits = Character.isJavaIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
            java.appendCodePoint(fits ? c : '_');
        });
        while (RESERVED.contains(java.toString()) || !taken.add(java.toString())) {
            java.append('_');
        }
        return java.toString();
    }
}
