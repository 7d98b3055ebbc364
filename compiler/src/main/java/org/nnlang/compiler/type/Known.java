package org.nnlang.compiler.type;

import java.util.Set;

/// Names that the language itself gives a meaning to.
public final class Known {
    private Known() {}

    /// Element types.
    public static final Set<String> DTYPES = Set.of("f32", "i32", "u8", "bool");

    /// Compile-time types.
    public static final Set<String> COMPILE_TIME_TYPES = Set.of("Int", "Float", "Bool", "String", "Fn", "Schedule",
            "Data", "List");

    /// Whether `name`, as a type, stands for any dtype: one capital letter.
    public static boolean isDTypeVariable(String name) {
        return name.length() == 1 && Character.isUpperCase(name.charAt(0));
    }
}
