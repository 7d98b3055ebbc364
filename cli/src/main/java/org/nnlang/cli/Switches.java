package org.nnlang.cli;

import java.util.Set;
import java.util.TreeSet;
import org.nnlang.cache.ProgramCache;
import org.nnlang.runtime.Nearest;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.program.Devices;

/// The system properties that change how `nn` computes. A mistyped value of one is found where it is asked for; a mistyped name
/// is never asked for, so `nn` looks at the names before it begins. In an application they are nobody's to judge.
final class Switches {
    private Switches() {}

    /// The names of all, those of backends on the path included.
    static Set<String> known() {
        var known = new TreeSet<>(Devices.switches());
        known.add(Machine.SWITCH.name());
        known.add(Tier.SWITCH.name());
        known.add(ProgramCache.PROPERTY);
        return known;
    }

    /// @throws NnException NN0863 where a property is called as a switch would be, and is none
    static void requireKnown() {
        for (String name : System.getProperties().stringPropertyNames()) {
            if (!name.startsWith("nn.") && !name.startsWith("nnlang.")) {
                continue;
            }
            Set<String> known = known();
            if (!known.contains(name)) {
                throw new NnException("NN0863", "there is no switch `" + name + "`",
                        Nearest.help(name, known, "they are " + String.join(", ", known)));
            }
        }
    }
}
