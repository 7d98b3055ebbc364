package org.nnlang.compiler.lower;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.source.Span;

/// Gives every random draw a stream of its own, named by where it stands: the procedure, the layer and how often it was
/// applied, the calls since then, the draw itself and the iteration of a loop. So a layer added elsewhere changes none.
final class Draws {
    private final Elaboration elaboration;
    private final Map<String, Integer> applications = new HashMap<>();
    private final Map<String, Integer> used = new HashMap<>();
    private String procedure = "";
    private boolean allowed = true;

    Draws(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// Begins a procedure.
    void begin(String name) {
        procedure = name;
        applications.clear();
    }

    /// Whether draws are allowed from now on; what was said before.
    boolean allow(boolean now) {
        boolean before = allowed;
        allowed = now;
        return before;
    }

    /// The path of the next application of the layer whose names begin with `prefix`.
    String application(String prefix) {
        return procedure + ":" + prefix + "@" + applications.merge(prefix, 1, Integer::sum);
    }

    /// The stream of a draw by `builtin` at `site`.
    long stream(String builtin, Span site, Scope scope) {
        if (!allowed) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.RANDOM_OUTSIDE_STEP,
                            site,
                            "`" + builtin + "` draws anew at every step, and here no step runs")
                            .help("draw in the `step`"));
        }
        Frame frame = scope.frame();
        String key = frame.path() + "/" + builtin + "#" + elaboration.names.numbers().of(site) + frame.loopSuffix();
        int times = used.merge(key, 1, Integer::sum);
        return hash(times == 1 ? key : key + "+" + times);
    }

    /// FNV-1a, then the finalizer of SplitMix64.
    static long hash(String key) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        return hash ^ (hash >>> 31);
    }
}
