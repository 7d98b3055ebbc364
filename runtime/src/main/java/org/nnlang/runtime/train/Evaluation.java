package org.nnlang.runtime.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What was found of models that were trained before.
///
/// @param validate metrics of the program's `validate`; empty where it has none
/// @param test metrics of its `test`; empty where it has none
public record Evaluation(Map<String, Double> validate, Map<String, Double> test) {
    public Evaluation {
        validate = Collections.unmodifiableMap(new LinkedHashMap<>(validate));
        test = Collections.unmodifiableMap(new LinkedHashMap<>(test));
    }
}
