package org.nnlang.runtime.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.Nearest;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.json.JsonException;
import org.nnlang.runtime.tensor.Tensor;

/// Makes a checkpoint of the same models whose file holds weights in another type, or under other names.
///
/// What is left out is all that serves to resume the training: a run that went on from rounded weights would not be the
/// same run. Tensors with one axis or none (biases, gains, running averages) stay f32: they take little room, and much
/// depends on them.
///
/// @param storage the new type of weights; null where they keep theirs
/// @param renames names or patterns, and what the tensors are called then: a `*` stands for any text, and on the right
///     for what it stood for on the left
public record Conversion(@Nullable Storage storage, Map<String, String> renames) {
    /// What a training needs to go on, and a model does not.
    private static final Set<String> OF_THE_RUN = Set.of("state", "tally", "examples", "fingerprint", "slots");

    public Conversion {
        renames = new LinkedHashMap<>(renames);
    }

    /// The converted checkpoint.
    ///
    /// @param file what messages call the given one
    /// @throws NnException NN0807 where a rename fits no name or makes two tensors one, NN0808 where a weight is beyond
    ///     the type
    public Checkpoint apply(Checkpoint checkpoint, String file) {
        var metadata = new TreeMap<>(checkpoint.metadata());
        metadata.keySet().removeAll(OF_THE_RUN);
        var kept = new TreeMap<>(checkpoint.tensors());
        kept.keySet().removeAll(slots(checkpoint, file));
        Map<String, String> names = names(kept.keySet(), file);
        var tensors = new TreeMap<String, Tensor>();
        var stored = new TreeMap<String, Storage>();
        kept.forEach((name, tensor) -> {
            String called = names.getOrDefault(name, name);
            boolean weight = tensor.dtype().isFloat() && tensor.rank() >= 2 && !name.startsWith("data/");
            Storage type = weight && storage != null ? storage : checkpoint.storage(name);
            if (type != Storage.F32) {
                check(name, tensor, type);
                stored.put(called, type);
            }
            tensors.put(called, tensor);
        });
        return new Checkpoint(tensors, metadata, stored);
    }

    /// The optimizers' memory.
    private static Set<String> slots(Checkpoint checkpoint, String file) {
        if (!checkpoint.metadata().containsKey("slots")) {
            return Set.of();
        }
        try {
            return checkpoint.json("slots").items().stream().map(Json::text).collect(Collectors.toSet());
        } catch (JsonException e) {
            throw CheckpointErrors.damaged(
                    Path.of(file), "its entry `slots` is malformed: " + e.getMessage());
        }
    }

    /// The new names of those that get one.
    private Map<String, String> names(Set<String> present, String file) {
        var names = new TreeMap<String, String>();
        renames.forEach((old, replacement) -> {
            Pattern pattern = pattern(old);
            boolean found = false;
            for (String name : present) {
                Matcher matcher = pattern.matcher(name);
                if (matcher.matches()) {
                    found = true;
                    names.putIfAbsent(name, filled(replacement, matcher));
                }
            }
            if (!found) {
                throw nothing(old, present, file);
            }
        });
        var owners = new TreeMap<String, String>();
        for (String name : present) {
            String called = names.getOrDefault(name, name);
            String earlier = owners.put(called, name);
            if (earlier != null) {
                throw new NnException(
                        "NN0807", "both `" + earlier + "` and `" + name + "` would be called `" + called + "`",
                        "give each a name of its own; a `*` on both sides keeps what differs");
            }
        }
        return names;
    }

    private static NnException nothing(String old, Set<String> present, String file) {
        List<String> some = new ArrayList<>(present);
        String help = Nearest.of(old, some)
                .map(near -> "did you mean `" + near + "`?")
                .orElse("its names are " + some.stream().limit(6).map(name -> "`" + name + "`")
                        .collect(Collectors.joining(", ")) + (some.size() > 6 ? ", …" : ""));
        return new NnException("NN0807", "no tensor in `" + file + "` is called `" + old + "`", help);
    }

    private static Pattern pattern(String text) {
        var pattern = new StringBuilder();
        for (String part : text.split("\\*", -1)) {
            pattern.append(pattern.isEmpty() ? "" : "(.*)").append(Pattern.quote(part));
        }
        return Pattern.compile(pattern.toString());
    }

    private static String filled(String replacement, Matcher matcher) {
        var name = new StringBuilder();
        int group = 0;
        for (int i = 0; i < replacement.length(); i++) {
            char c = replacement.charAt(i);
            if (c == '*' && group < matcher.groupCount()) {
                name.append(matcher.group(++group));
            } else {
                name.append(c);
            }
        }
        return name.toString();
    }

    /// A weight that is finite must stay so; those of i8 have no other ones.
    private static void check(String name, Tensor tensor, Storage type) {
        float greatest = 0;
        for (float value : tensor.floats()) {
            if (type == Storage.I8 && !Float.isFinite(value)) {
                throw beyond(name, value, type);
            }
            if (Float.isFinite(value)) {
                greatest = Math.max(greatest, Math.abs(value));
            }
        }
        // The greatest scale is a little above the greatest weight by 127.
        float held = type == Storage.I8 ? greatest * 1.001f : type.nearest(greatest);
        if (!Float.isFinite(held)) {
            throw beyond(name, greatest, type);
        }
    }

    private static NnException beyond(String name, float value, Storage type) {
        return new NnException(
                "NN0808",
                "`" + name + "` holds " + value + ", and " + type + " cannot",
                type == Storage.F16
                        ? "bf16 has the range of f32; f16 ends at 65504"
                        : Float.isFinite(value)
                                ? "keep f32"
                        : "weights that are not finite are the mark of a training that went wrong; f16 and bf16 keep them");
    }
}
