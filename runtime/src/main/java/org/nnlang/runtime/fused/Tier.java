package org.nnlang.runtime.fused;

import java.util.Locale;
import org.nnlang.runtime.Switch;

/// Which code runs fused programs. All give the same bits; to choose one is for tests and for measurements.
public enum Tier {
    /// Whatever is fastest here: plain loops first, then tiles, and generated code once it has proved faster.
    AUTO,
    /// Plain loops.
    SCALAR,
    /// One operation after another over tiles.
    TILE,
    /// Generated code, from the first call on, wherever there is some.
    GENERATED;

    /// Chooses one: `-Dnn.tier=scalar`.
    public static final Switch SWITCH = Switch.of("nn.tier", "auto", "scalar", "tile", "generated");

    /// What the system property `nn.tier` says: `scalar`, `tile`, `generated` or `auto`, which it is unless set.
    ///
    /// @throws org.nnlang.runtime.NnException NN0863 where it says something else
    public static Tier ofProperty() {
        String name = SWITCH.value();
        return name.isEmpty() ? AUTO : valueOf(name.toUpperCase(Locale.ROOT));
    }
}
