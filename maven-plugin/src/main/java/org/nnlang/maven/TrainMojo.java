package org.nnlang.maven;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Trains as a <code>train</code> of a program says: <code>mvn nn:train -Dnn.file=src/main/nn/com/example/iris.nn</code>.
 * Its checkpoints count from the project's folder. Bound to no phase.
 */
@Mojo(name = "train", threadSafe = true)
public final class TrainMojo extends NnMojo {
    /** The program; need not be given where there is only one. */
    @Parameter(property = "nn.file")
    private File file = new File("");

    /** Which <code>train</code>, where the program has several. */
    @Parameter(property = "nn.train")
    private String train = "";

    /** Other values for hyper-parameters, as the language writes them. */
    @Parameter
    private Map<String, String> settings = new LinkedHashMap<>();

    /** More options of <code>nn train</code>, with blanks between them: <code>--epochs 3 --set lr=1e-3</code>. */
    @Parameter(property = "nn.arguments")
    private String arguments = "";

    @Override
    void run(List<Path> programs) throws MojoExecutionException, MojoFailureException {
        List<Object> all = new ArrayList<>(List.of("train", program(programs)));
        if (!train.isEmpty()) {
            all.addAll(List.of("--train", train));
        }
        settings.forEach((name, value) -> all.addAll(List.of("--set", name + "=" + value)));
        if (!arguments.isBlank()) {
            all.addAll(List.of(arguments.strip().split("\\s+")));
        }
        if (show(computing(), all.toArray()) != 0) {
            throw new MojoFailureException("the training failed; why stands above");
        }
    }

    private Path program(List<Path> programs) throws MojoFailureException {
        if (!file.getPath().isEmpty()) {
            return file.toPath();
        }
        if (programs.size() == 1) {
            return programs.get(0);
        }
        throw new MojoFailureException(
                programs.isEmpty()
                        ? "there is no program to train: put one into " + root() + ", or name one: -Dnn.file=iris.nn"
                        : "there are several programs: name one, -Dnn.file=" + programs.get(0));
    }
}
