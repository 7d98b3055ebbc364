package org.nnlang.runtime;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A system property that has one of a few values, such as `-Dnn.tier=tile`. Another value is an error wherever it is asked for, so that
/// nobody takes for done what a mistyped word left undone.
///
/// @param name of the property
/// @param values that it may have, in small letters
public record Switch(String name, List<String> values) {
    public Switch {
        values = List.copyOf(values);
    }

    /// A switch with these values.
    public static Switch of(String name, String... values) {
        return new Switch(name, List.of(values));
    }

    /// What it is set to, or the empty string.
    ///
    /// @throws NnException NN0863 where that is none of its values
    public String value() {
        String set = System.getProperty(name, "").strip();
        String value = set.toLowerCase(Locale.ROOT);
        if (!value.isEmpty() && !values.contains(value)) {
            throw wrong(name, set,
                    values.stream().map(each -> "`-D" + name + "=" + each + "`").collect(Collectors.joining(" or ")));
        }
        return value;
    }

    /// Whether it is set to a value.
    ///
    /// @throws NnException NN0863 where it is set to none of its values
    public boolean is(String value) {
        return value().equals(value);
    }

    /// The error of a property that is set to what it cannot be.
    ///
    /// @param way what may be written instead
    public static NnException wrong(String name, String set, String way) {
        return new NnException("NN0863", "the switch `" + name + "` cannot be `" + set + "`",
                "write " + way + ", or leave it out");
    }
}
