package org.nnlang.compiler.diagnostic;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The catalogue of diagnostics. A code's id is stable: a page of the documentation, a suppression or a search may
/// name it; so codes are added, never renumbered. Each has a page `docs/errors/<id>.md` with its title.
///
/// | ids    | about                                         |
/// |--------|-----------------------------------------------|
/// | NN00xx | characters and words                          |
/// | NN01xx | grammar                                       |
/// | NN02xx | shapes and dimensions                         |
/// | NN03xx | names, imports, declarations                  |
/// | NN04xx | types, dtypes, arguments                      |
/// | NN05xx | layers, parameters, state, random numbers     |
/// | NN06xx | training: minimize, gradients, metrics        |
/// | NN07xx | data files                                    |
/// | NN08xx | checkpoints, running, the command line        |
/// | NN09xx | not supported yet                             |
public enum Code {
    // NN00xx: characters and words
    STRAY_CHARACTER("NN0001", "a character that means nothing here"),
    UNCLOSED_STRING("NN0002", "a string that is never closed"),
    UNKNOWN_ESCAPE("NN0003", "an unknown escape in a string"),
    MALFORMED_NUMBER("NN0004", "a malformed number"),
    NUMBER_TOO_LARGE("NN0005", "a number that is too large"),
    TYPOGRAPHIC_CHARACTER("NN0006", "a typographic character instead of a plain one"),
    OTHER_COMMENT("NN0007", "a comment of another language"),

    // NN01xx: grammar
    UNEXPECTED("NN0101", "something that cannot stand here"),
    UNCLOSED_BRACKET("NN0102", "a bracket that is never closed"),
    UNOPENED_BRACKET("NN0103", "a closing bracket without an opening one"),
    OTHER_LANGUAGE("NN0104", "a word of another language"),
    ASSIGNMENT_AS_CONDITION("NN0105", "`=` where a comparison is meant"),
    OTHER_OPERATOR("NN0106", "an operator of another language"),
    MISSING_ARROW("NN0107", "a lambda without an arrow"),
    MISSING_COMMA("NN0108", "a missing comma"),
    MISSING_EXPRESSION("NN0109", "a missing value"),
    MISSING_BODY("NN0110", "a missing body"),
    MISSING_TYPE("NN0111", "a missing type"),
    WRONG_ASSIGNMENT("NN0112", "the wrong assignment sign"),
    PIPE_TARGET("NN0113", "a pipe into something that is not a function"),
    CHAINED_COMPARISON("NN0114", "comparisons in a chain"),
    RESERVED_WORD("NN0115", "a reserved word as a name"),
    MISPLACED_DECLARATION("NN0116", "a declaration in the wrong place"),
    MISPLACED_STATEMENT("NN0117", "a statement in the wrong place"),
    MISSING_NAME("NN0118", "a missing name"),
    TWO_STATEMENTS("NN0119", "two statements on one line"),
    LINE_STARTS_WITH_OPERATOR("NN0120", "a line that starts with an operator"),
    MISSING_PARAMETERS("NN0121", "a missing parameter list"),
    NESTED_TOO_DEEPLY("NN0122", "an expression nested too deeply"),
    MISSING_OPERATOR("NN0123", "two values with nothing between them"),

    // NN02xx: shapes and dimensions
    WRONG_RANK("NN0201", "a tensor of the wrong rank"),
    DIMENSION_CONFLICT("NN0202", "a dimension with two sizes"),
    INNER_DIMENSIONS("NN0203", "a matrix product whose inner dimensions differ"),
    NOT_BROADCASTABLE("NN0204", "shapes that do not broadcast together"),
    NOT_DIVISIBLE("NN0205", "a size that does not divide"),
    UNKNOWN_DIMENSION("NN0206", "an unknown name in a shape"),
    FREE_DIMENSION("NN0207", "a size that is not known when compiling"),
    NO_SUCH_AXIS("NN0208", "an axis that a tensor does not have"),
    NAME_AS_AXIS("NN0209", "a dimension's name given to `axis`"),
    AMBIGUOUS_AXIS("NN0210", "a dimension that several axes have"),
    ELEMENT_COUNT("NN0211", "a reshape that changes the number of elements"),
    SHAPES_DIFFER("NN0212", "tensors that do not fit side by side"),
    UNEVEN_SPLIT("NN0213", "a split that does not come out even"),
    OUT_OF_RANGE("NN0214", "an index outside its range"),
    RESULT_SHAPE("NN0215", "a result of another shape than promised"),
    UNSOLVABLE_DIMENSION("NN0216", "a shape entry that cannot be solved"),
    NEGATIVE_SIZE("NN0217", "a size below zero"),
    TWO_GROUPS("NN0218", "two groups of dimensions in one shape"),
    RAGGED_LIST("NN0219", "a list that is no tensor"),
    STRIDE("NN0220", "a stride that a slice cannot have"),
    EINOPS_PATTERN("NN0221", "an einops pattern that cannot be read"),
    EINOPS_SHAPE("NN0222", "an einops pattern that does not fit its tensor"),
    EINOPS_NAMES("NN0223", "a name on one side of an einops pattern only"),
    EINOPS_SIZE("NN0224", "a size that an einops pattern leaves open"),

    // NN03xx: names, imports, declarations
    UNKNOWN_NAME("NN0301", "an unknown name"),
    DUPLICATE_NAME("NN0302", "a name declared twice"),
    UNKNOWN_MODULE("NN0303", "an import that leads nowhere"),
    IMPORT_CYCLE("NN0304", "modules that import each other"),
    UNKNOWN_MEMBER("NN0305", "an unknown member"),
    PRIVATE_NAME("NN0306", "a private name of another module"),
    UNUSED_VALUE("NN0307", "a value that is not used"),
    FIXED_NAME("NN0308", "an assignment to a fixed name"),
    CONSTANT_CYCLE("NN0310", "a constant that depends on itself"),
    AMBIGUOUS_NAME("NN0311", "a name that two imports declare"),
    ENDLESS_RECURSION("NN0312", "a declaration that calls itself without end"),

    // NN04xx: types, dtypes, arguments
    WRONG_TYPE("NN0401", "a value of another type than asked for"),
    MISSING_ARGUMENT("NN0402", "a missing argument"),
    UNKNOWN_ARGUMENT("NN0403", "an argument that nothing takes"),
    TOO_MANY_ARGUMENTS("NN0404", "too many arguments"),
    NOT_A_FUNCTION("NN0405", "a call of something that is not a function"),
    DTYPES_DIFFER("NN0406", "operands of different dtypes"),
    WRONG_DTYPE("NN0407", "a tensor of the wrong dtype"),
    WRONG_OPERAND("NN0408", "an operator on something it does not take"),
    TENSOR_AS_CONDITION("NN0409", "a tensor where a compile-time condition is needed"),
    FRACTION_FOR_INTEGERS("NN0410", "a fraction among integers"),
    PATTERN_MISMATCH("NN0411", "a pattern that does not fit its value"),
    UNKNOWN_TYPE("NN0412", "an unknown type"),
    REQUIREMENT("NN0413", "a requirement that is not met"),
    NO_VALUE("NN0414", "a body without a value"),
    DUPLICATE_ARGUMENT("NN0415", "an argument given twice"),
    NOT_A_LIST("NN0416", "a loop over something that is not a list"),
    RESULT_TYPE("NN0417", "a result of another type than promised"),
    TOO_LONG("NN0418", "a loop that is too long to unroll"),
    ARITHMETIC("NN0419", "arithmetic without a result"),
    CARRIED_CHANGES("NN0430", "a scan that changes the type of what it carries"),

    // NN05xx: layers, parameters, state, random numbers
    WEIGHTS_WITHOUT_OWNER("NN0501", "weights that no layer owns"),
    FREE_PARAMETER_SHAPE("NN0502", "a parameter whose shape is not known when compiling"),
    PARAMETER_SHAPE_CHANGED("NN0503", "a layer applied to inputs that need different weights"),
    UNUSED_PARAMETER("NN0504", "a parameter that nothing depends on"),
    NO_PARAMETERS_YET("NN0505", "parameters of a layer that was not applied yet"),
    MISSING_INITIALIZER("NN0506", "a parameter without an initializer"),
    WRONG_INITIAL_VALUE("NN0507", "an initial value of the wrong type"),
    WRONG_UPDATE("NN0508", "an update of another type"),
    NOT_UPDATABLE("NN0509", "an update of something that has no memory"),
    RANDOM_OUTSIDE_STEP("NN0510", "a random draw where no step runs"),
    INITIAL_VALUE_DEPENDS("NN0511", "an initial value that depends on data"),

    // NN06xx: training: minimize, gradients, metrics
    LOSS_NOT_SCALAR("NN0601", "a loss that is not a single number"),
    UNREACHED_PARAMETERS("NN0602", "a loss that reaches no parameter"),
    BLOCKED_GRADIENT("NN0603", "a loss that reaches a parameter only through integers or conditions"),
    REPORT_NOT_SCALAR("NN0604", "a report that is not a single number"),
    UNKNOWN_METRIC("NN0605", "an unknown metric"),
    DUPLICATE_REPORT("NN0606", "two reports of one name"),
    NOT_AN_OPTIMIZER("NN0607", "something that is not an optimizer"),
    NOT_TRAINABLE("NN0608", "something without parameters to train"),
    MISSING_STEP("NN0609", "a train without a step"),
    MISSING_LENGTH("NN0610", "a train without an end"),
    OPTIMIZER_UPDATE("NN0611", "an optimizer that does not update its parameter"),
    WRONG_CLIP("NN0612", "a clip that does not give gradients"),
    UNNAMED_REPORT("NN0615", "a report without a name"),
    NOTHING_MINIMIZED("NN0613", "a step that trains nothing"),
    WRONG_SETTING("NN0614", "a setting that a train cannot use"),
    NO_DEPENDENCE("NN0616", "a gradient with respect to something the value does not depend on"),
    NO_DERIVATIVE("NN0617", "a gradient through integers or conditions only"),
    FOLLOW_OUTSIDE_STEP("NN0618", "weights that follow others where nothing is trained"),
    OWN_DERIVATIVE("NN0619", "an operation of host code with a wrong derivative"),
    NO_OWN_DERIVATIVE("NN0620", "a derivative of an operation of host code that has none"),

    // NN07xx: data files
    DATA_NOT_FOUND("NN0701", "there is no such data file"),
    DATA_UNREADABLE("NN0702", "a data file cannot be read"),
    MALFORMED_IDX("NN0703", "a file is no IDX file, or one of another kind"),
    TRUNCATED_FILE("NN0704", "a binary file is cut off or too long"),
    MALFORMED_NPY("NN0705", "an npy file cannot be used"),
    MALFORMED_TABLE("NN0706", "a table is malformed"),
    NOT_A_NUMBER("NN0707", "a cell is not a number"),
    MISSING_VALUE("NN0708", "a value is missing"),
    UNKNOWN_COLUMN("NN0709", "no such column"),
    UNKNOWN_CLASS("NN0710", "a label is no class"),
    NO_EXAMPLES("NN0711", "there are no examples"),
    READER_ARGUMENT("NN0712", "a reader is asked for something it does not have"),
    UNKNOWN_PART("NN0713", "a part that the data do not have"),
    WRONG_PIPELINE("NN0714", "data cannot be cut or standardised like this"),
    FILES_DIFFER("NN0715", "two files have different numbers of examples"),
    UNUSABLE_TEXT("NN0716", "a text cannot be used"),
    DATA_TOO_LARGE("NN0717", "data are too large"),
    PREDICTIONS_UNWRITABLE("NN0718", "predictions cannot be written"),
    DATA_DO_NOT_FIT("NN0719", "data do not fit the compiled program"),
    TREATED_DIFFERENTLY("NN0720", "data to judge by are treated differently from training data"),
    NOT_GIVEN("NN0730", "data that the Java program has to hand in"),
    MALFORMED_IMAGE("NN0721", "an image cannot be used"),
    DATA_PATTERN("NN0750", "a pattern that does not fit the fields of the data"),

    // NN08xx: checkpoints, running, the command line
    CHECKPOINT_NOT_FOUND("NN0801", "there is no such checkpoint"),
    CHECKPOINT_UNREADABLE("NN0802", "a checkpoint cannot be read"),
    CHECKPOINT_DAMAGED("NN0803", "a checkpoint is damaged"),
    CHECKPOINT_UNWRITABLE("NN0804", "a checkpoint cannot be written"),
    OTHER_MODEL("NN0805", "a checkpoint of another model"),
    OTHER_RUN("NN0806", "a checkpoint of other hyper-parameters or data"),
    NO_RENAME("NN0807", "a renaming of tensors that cannot be"),
    BEYOND_STORAGE("NN0808", "a weight that a type cannot hold"),
    TARGET_EXISTS("NN0809", "a file that is there already"),
    LOSS_NOT_FINITE("NN0810", "the loss is not a number"),
    BATCH_DOES_NOT_FIT("NN0811", "a batch that does not fit the program"),
    INDEX_OUTSIDE("NN0812", "an index outside its table"),
    NUMBER_NOT_FINITE("NN0813", "where the first number that is not finite arises"),
    MEMORY_LIMIT("NN0814", "less memory than a training needs"),
    HEAP_TOO_SMALL("NN0815", "not enough memory for a program"),
    MODEL_INPUTS("NN0820", "a model asked without its inputs"),
    MODEL_INPUT_SHAPE("NN0821", "an input of another type or shape"),
    NOT_THIS_MODEL("NN0822", "a checkpoint that does not hold the model"),
    NO_COMPILED_MODEL("NN0823", "a compiled model that is not on the class path"),
    NO_SEQUENCE("NN0824", "a model that writes no sequence"),
    NO_VOCABULARY("NN0825", "a checkpoint without the vocabulary"),
    SCORES_NOT_NUMBERS("NN0826", "scores that are not numbers"),
    PROGRAM_NOT_FOUND("NN0851", "a program that cannot be read"),
    OUTPUT_UNWRITABLE("NN0852", "a result that cannot be written"),
    NOTHING_TO_RESUME("NN0853", "nothing to resume"),
    WHICH_INPUT("NN0854", "an input file without an input"),
    EXAMPLES_DO_NOT_FIT("NN0855", "examples that do not fit the model"),
    HYPERPARAMETER_UNTOLD("NN0856", "a hyper-parameter that the checkpoint cannot tell"),
    NO_JAVA_CLASS("NN0857", "a model that can be no class of Java"),
    NO_RUN("NN0858", "a file that is no run"),
    PORT_TAKEN("NN0859", "a port that is taken"),
    NO_SUCH_DEVICE("NN0860", "a device that is not there"),
    DEVICE_FAILED("NN0861", "a device that fails"),
    DEVICE_MEMORY("NN0862", "not enough memory on a device"),
    SWITCH_VALUE("NN0863", "a switch that cannot be set so"),
    OPERATION_UNUSABLE("NN0870", "an operation of host code that cannot be used"),
    OPERATION_NAME_TAKEN("NN0871", "an operation of host code whose name is taken"),
    OPERATION_MISSING("NN0872", "an operation of host code that is not on the path"),
    OPERATION_FAILED("NN0873", "an operation of host code that fails"),
    OPERATION_NOT_ON_DEVICE("NN0874", "an operation of host code that a device does not know"),
    OPERATION_MISCOMPUTED("NN0875", "an operation of host code and its derivative disagree");

    private static final List<Code> ALL = List.of(values());

    private final String id;
    private final String title;
    private final Severity severity;

    Code(String id, String title) {
        this(id, title, Severity.ERROR);
    }

    Code(String id, String title, Severity severity) {
        this.id = id;
        this.title = title;
        this.severity = severity;
    }

    /// `NN0203`.
    public String id() {
        return id;
    }

    /// What the code is about, as the title of its page.
    public String title() {
        return title;
    }

    public Severity severity() {
        return severity;
    }

    /// Whether it is about characters or grammar: the text could not be read as a program.
    public boolean isSyntax() {
        return id.startsWith("NN00") || id.startsWith("NN01");
    }

    public static List<Code> all() {
        return ALL;
    }

    /// The code with this id, in any case.
    public static Optional<Code> find(String id) {
        return Arrays.stream(values()).filter(code -> code.id.equalsIgnoreCase(id)).findFirst();
    }
}
