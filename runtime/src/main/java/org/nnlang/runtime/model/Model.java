package org.nnlang.runtime.model;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.checkpoint.Storage;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.Fitted;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.operation.Operations;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Extent;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.program.Sizes;
import org.nnlang.runtime.tensor.Tensor;

/// A model with its weights. Safe for several threads, which take turns.
public final class Model {
    /// How many sizes stay bound; beyond that all are bound anew when they come again.
    private static final int BOUND_SIZES = 16;

    private final Image image;
    private final CompiledProgram program;
    private final Memory memory;
    private final Team team;
    private final Map<String, Fitted> treatments;
    private final Learnt learnt;
    /// How the checkpoint held weights that it did not hold as they are.
    private final Map<String, Storage> held;
    private final Map<Map<String, Integer>, Instance> bound = new HashMap<>();

    /// @param memory laid out for the image, with the weights
    public Model(Image image, CompiledProgram program, Memory memory, Team team) {
        this(image, program, memory, team, Map.of(), Learnt.nothing(image), Map.of());
    }

    private Model(
            Image image, CompiledProgram program, Memory memory, Team team, Map<String, Fitted> treatments,
            Learnt learnt, Map<String, Storage> held) {
        this.image = image;
        this.program = program;
        this.memory = memory;
        this.team = team;
        this.treatments = treatments;
        this.learnt = learnt;
        this.held = held;
    }

    /// A model with the weights of a checkpoint. What the training did to its data (standardise them, fill gaps), the
    /// model does to its inputs.
    ///
    /// @param file the checkpoint's, for messages
    /// @throws org.nnlang.runtime.NnException NN0822 where the checkpoint is of another model
    public static Model of(Image image, CompiledProgram program, Checkpoint weights, String file, Team team) {
        Machine.announce();
        var memory = new Memory(image.variables());
        Weights.load(memory, weights, image.name(), file);
        return new Model(
                image, program, memory, team, Treatment.of(image, weights), Learnt.of(image, weights),
                Weights.storage(image.variables(), weights, image.name(), file));
    }

    /// The folder of compiled models among a jar's resources.
    public static final String FOLDER = "META-INF/nnlang/models/";

    /// Loads a model that `nn compile` put into a jar or folder on the class path, with the weights beside it.
    ///
    /// @param name as in the program
    /// @param loader sees the jar
    /// @throws org.nnlang.runtime.NnException NN0823 where there is no such model, or it has no weights
    public static Model load(String name, ClassLoader loader, Team team) {
        return load(name, loader, team, weights(name, loader));
    }

    /// Loads a compiled model with weights from elsewhere.
    ///
    /// @throws org.nnlang.runtime.NnException NN0823 where there is no such model, NN0822 where the checkpoint is not of it
    public static Model load(String name, ClassLoader loader, Team team, Checkpoint weights) {
        return load(
                name, loader, team, weights,
                className -> (CompiledProgram) loader.loadClass(className).getConstructor().newInstance());
    }

    /// Loads a model that was compiled into the jar or module of the class that asks, with the weights beside it.
    ///
    /// @param owner `MethodHandles.lookup()`: the model's class need not be visible to anybody else
    /// @throws org.nnlang.runtime.NnException NN0823 where there is no such model, or it has no weights
    public static Model load(MethodHandles.Lookup owner, String name, Team team) {
        return load(owner, name, team, weights(name, loader(owner)));
    }

    /// Loads a model that was compiled into the jar or module of the class that asks, with weights from elsewhere.
    ///
    /// @param owner `MethodHandles.lookup()`: the model's class need not be visible to anybody else
    /// @throws org.nnlang.runtime.NnException NN0823 where there is no such model, NN0822 where the checkpoint is not of it
    public static Model load(MethodHandles.Lookup owner, String name, Team team, Checkpoint weights) {
        return load(name, loader(owner), team, weights, className -> {
            try {
                return (CompiledProgram) owner
                        .findConstructor(owner.findClass(className), MethodType.methodType(void.class))
                        .invoke();
            } catch (RuntimeException | Error | ReflectiveOperationException e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static ClassLoader loader(MethodHandles.Lookup owner) {
        ClassLoader loader = owner.lookupClass().getClassLoader();
        return loader == null ? ClassLoader.getSystemClassLoader() : loader;
    }

    /// The weights beside a model; none where there are none.
    private static Checkpoint weights(String name, ClassLoader loader) {
        try (InputStream weights = loader.getResourceAsStream(FOLDER + name + ".safetensors")) {
            return weights == null
                    ? new Checkpoint(Map.of(), Map.of())
                    : Checkpoint.read(weights, name + ".safetensors");
        } catch (IOException e) {
            throw ModelErrors.unreadable(name, e);
        }
    }

    /// Makes the program of a class by that name.
    private interface Maker {
        CompiledProgram make(String className) throws ReflectiveOperationException;
    }

    private static Model load(String name, ClassLoader loader, Team team, Checkpoint weights, Maker maker) {
        Image image = image(name, loader);
        if (weights.tensors().isEmpty() && !image.variables().isEmpty()) {
            throw ModelErrors.noWeights(name);
        }
        return of(image, program(name, loader, maker), weights, "the checkpoint", team);
    }

    private static Image image(String name, ClassLoader loader) {
        try (InputStream image = loader.getResourceAsStream(FOLDER + name + ".image")) {
            if (image == null) {
                throw ModelErrors.noSuchModel(name);
            }
            return Image.decode(image, () -> Operations.installed(loader));
        } catch (IOException e) {
            throw ModelErrors.unreadable(name, e);
        }
    }

    private static CompiledProgram program(String name, ClassLoader loader, Maker maker) {
        try (InputStream text = loader.getResourceAsStream(FOLDER + name + ".class-name")) {
            if (text == null) {
                throw ModelErrors.noSuchModel(name);
            }
            String className = new String(text.readAllBytes(), StandardCharsets.UTF_8).strip();
            return maker.make(className);
        } catch (IOException | ReflectiveOperationException e) {
            throw ModelErrors.unreadable(name, e);
        }
    }

    /// The same model on a device, with a copy of the weights there, in as few bytes as the checkpoint had for them where it held f16 or
    /// bf16:
    ///
    /// ```java
    /// try (Accelerator gpu = Devices.probe().open("opencl")) {
    ///     Model there = model.on(gpu);
    /// }
    /// ```
    ///
    /// It is of use until the device is closed, which gives back what it has there; [#release()] does so before. One thread at
    /// a time uses a device, so models on the same one must not compute at the same time.
    ///
    /// @param device null for the processor that runs Java, as [org.nnlang.runtime.program.Devices#open] answers
    /// @throws org.nnlang.runtime.NnException NN0862 where the weights do not fit, NN0861 where the device fails
    public synchronized Model on(@Nullable Accelerator device) {
        var there = new Memory(image, held, device);
        try {
            there.copyFrom(memory);
        } catch (NnException e) {
            there.release();
            throw e;
        }
        return new Model(image, program, there, team, treatments, learnt, held);
    }

    /// Gives back what the model has on a device; it is of no use afterwards. On the processor there is nothing to do.
    public synchronized void release() {
        if (memory.accelerator() != null) {
            bound.values().forEach(Instance::release);
            bound.clear();
            memory.release();
        }
    }

    /// Its name in the program.
    public String name() {
        return image.name();
    }

    /// The inputs and what they must be, such as `f32[b, 28, 28]`.
    public Map<String, String> inputs() {
        return types(image.inputs());
    }

    /// The outputs and what they will be.
    public Map<String, String> outputs() {
        return types(image.outputs());
    }

    /// The tokens of a text, for an input of a model that learnt from texts: made as its training made them, in the vocabulary that the checkpoint
    /// keeps, cut and framed as there. It is a batch of one, as texts differ in length:
    ///
    /// ```java
    /// Tensor scores = spam.predict(Map.of("text", spam.encode("text", "You have won"))).get("out");
    /// ```
    ///
    /// @throws org.nnlang.runtime.NnException NN0825 where the input did not stand for texts in training, NN0716 for a character that the
    ///     vocabulary lacks, where it has no token for what is unknown, NN0855 for a text that the model cannot take
    public Tensor encode(String input, String text) {
        return learnt.encode(input, text);
    }

    /// What the classes are called whose scores an output has along its last axis, or whose numbers it gives: in the order of their numbers, as the
    /// training's data called them. Of an output of tokens they are the tokens. None where the training had no names.
    ///
    /// @throws org.nnlang.runtime.NnException NN0820 where there is no such output
    public List<String> classes(String output) {
        if (image.outputs().stream().noneMatch(port -> port.name().equals(output))) {
            throw ModelErrors.unknownOutput(name(), output, image.outputs().stream().map(Port::name).toList());
        }
        DataHeader.Field field = learnt.classes(output);
        return field == null ? List.of() : field.names();
    }

    /// Computes the outputs for inputs of any sizes that fit.
    ///
    /// @param inputs by name
    /// @return the outputs by name, in the order of the program
    /// @throws org.nnlang.runtime.NnException NN0820 where an input is missing or unknown, NN0821 where one has another
    ///     type or shape
    public Map<String, Tensor> predict(Map<String, Tensor> inputs) {
        return predict(inputs, 0);
    }

    /// The same, for a model that draws random numbers.
    ///
    /// @param seed of what it draws: the same seed, the same numbers
    public synchronized Map<String, Tensor> predict(Map<String, Tensor> inputs, long seed) {
        Map<String, Integer> sizes = sizes(inputs);
        Instance instance = instance(sizes);
        instance.seed(seed);
        for (Port port : image.inputs()) {
            Tensor tensor = given(inputs, port);
            Fitted treatment = treatments.get(port.name());
            if (treatment != null) {
                tensor = Treatment.apply(treatment, tensor);
            }
            if (tensor.dtype().isFloat()) {
                instance.setInput(port.name(), tensor.floats());
            } else {
                instance.setInput(port.name(), tensor.ints());
            }
        }
        instance.run();
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        for (Port port : image.outputs()) {
            outputs.put(port.name(), instance.tensor(port));
        }
        return Collections.unmodifiableMap(outputs);
    }

    private Instance instance(Map<String, Integer> sizes) {
        Instance known = bound.get(sizes);
        if (known == null) {
            if (bound.size() == BOUND_SIZES) {
                bound.values().forEach(Instance::release);
                bound.clear();
            }
            known = Instance.bind(image, program, memory, sizes, team, Options.inference());
            bound.put(sizes, known);
        }
        return known;
    }

    private Tensor given(Map<String, Tensor> inputs, Port port) {
        Tensor tensor = inputs.get(port.name());
        if (tensor == null) {
            throw inputs.containsKey(port.name())
                    ? ModelErrors.nullInput(name(), port.name())
                    : ModelErrors.missingInput(name(), port.name(), inputs.keySet());
        }
        return tensor;
    }

    /// What each free dimension is, from the shapes of the inputs.
    private Map<String, Integer> sizes(Map<String, Tensor> inputs) {
        List<String> names = image.inputs().stream().map(Port::name).toList();
        for (String name : inputs.keySet()) {
            if (!names.contains(name)) {
                throw ModelErrors.unknownInput(name(), name, names);
            }
        }
        Map<String, int[]> shapes = new LinkedHashMap<>();
        for (Port port : image.inputs()) {
            Tensor tensor = given(inputs, port);
            if (tensor.dtype() != port.dtype()) {
                throw ModelErrors.wrongInput(name(), port.name(), type(port), tensor);
            }
            if (tensor.rank() != port.shape().size()) {
                throw ModelErrors.wrongRank(name(), port.name(), type(port), port.shape().size(), tensor);
            }
            shapes.put(port.name(), tensor.shape());
        }
        Map<String, Integer> sizes = Sizes.of(image, shapes);
        image.symbols().forEach(symbol -> sizes.putIfAbsent(symbol, 1));
        long[] values = image.symbols().stream().mapToLong(symbol -> sizes.getOrDefault(symbol, 1)).toArray();
        for (Port port : image.inputs()) {
            Tensor tensor = given(inputs, port);
            for (int axis = 0; axis < tensor.rank(); axis++) {
                if (!is(image.extents().get(port.shape().get(axis)), values, tensor.dim(axis))) {
                    throw ModelErrors.wrongInput(name(), port.name(), type(port), tensor);
                }
            }
        }
        return sizes;
    }

    private static boolean is(Extent extent, long[] symbols, int size) {
        try {
            return extent.evaluate(symbols) == size;
        } catch (ArithmeticException _) {
            return false;
        }
    }

    private Map<String, String> types(List<Port> ports) {
        Map<String, String> types = new LinkedHashMap<>();
        ports.forEach(port -> types.put(port.name(), type(port)));
        return Collections.unmodifiableMap(types);
    }

    private String type(Port port) {
        return type(image, port);
    }

    static String type(Image image, Port port) {
        return port.dtype()
                + port.shape().stream().map(extent -> image.extents().get(extent).toString(image.symbols())).toList()
                        .toString();
    }
}
