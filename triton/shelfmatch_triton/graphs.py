"""The shipped encoders as graphs that need no code around them: what `serving` does in Python, as operators.

For Triton's own ONNX Runtime backend, which NVIDIA's container has, while it has no onnxruntime package for Python.
"""

from __future__ import annotations

from shelfmatch_triton.onnx_wire import FLOAT, INT32, INT64, UINT8, Constant, GraphTensor, Node, Wrapping
from shelfmatch_triton.sources.images import EFFICIENTNET_LITE0
from shelfmatch_triton.sources.texts import ALL_MINILM_L6_V2

SIDE = EFFICIENTNET_LITE0.image.side
CLASSES = EFFICIENTNET_LITE0.classes
# Alike for all channels.
MIDDLE, *_ = EFFICIENTNET_LITE0.image.offset
RANGE, *_ = EFFICIENTNET_LITE0.image.scale


def image_graph(side: int) -> Wrapping:
    """Return what goes around the shipped image network, for views of ``side`` pixels."""
    return Wrapping(
        inputs=[GraphTensor("views", UINT8, ["n", side, side, 3])],
        outputs=[
            GraphTensor("embedding", FLOAT, ["n", EFFICIENTNET_LITE0.dimensions]),
            GraphTensor("class_index", INT32, ["n", CLASSES]),
            GraphTensor("class_probability", FLOAT, ["n", CLASSES]),
        ],
        renamed={"embedding": "embedding.raw"},
        constants=[Constant("scale.middle", MIDDLE), Constant("scale.range", RANGE), Constant("classes.k", [CLASSES])],
        before=[
            Node("Cast", ["views"], ["views.float"], {"to": FLOAT}),
            Node("Sub", ["views.float", "scale.middle"], ["views.centred"]),
            Node("Div", ["views.centred", "scale.range"], ["views.scaled"]),
            Node("Transpose", ["views.scaled"], ["pixels"], {"perm": [0, 3, 1, 2]}),
        ],
        after=[
            Node("LpNormalization", ["embedding.raw"], ["embedding"], {"axis": 1, "p": 2}),
            Node("Softmax", ["logits"], ["probabilities"], {"axis": 1}),
            Node("TopK", ["probabilities", "classes.k"], ["class_probability", "class_index.long"], {"axis": 1}),
            Node("Cast", ["class_index.long"], ["class_index"], {"to": INT32}),
        ],
    )


IMAGE_GRAPH = image_graph(SIDE)

TEXT_GRAPH = Wrapping(
    inputs=[GraphTensor("input_ids", INT64, ["n", "tokens"]), GraphTensor("attention_mask", INT64, ["n", "tokens"])],
    outputs=[GraphTensor("embedding", FLOAT, ["n", ALL_MINILM_L6_V2.dimensions])],
    # So a tensor inside the network is called.
    renamed={"embedding": "tokens.embedded"},
    constants=[Constant("pool.axis", [1])],
    before=[Node("Sub", ["input_ids", "input_ids"], ["token_type_ids"])],
    # The sum over a text's own tokens has the direction of their mean, and the length is made 1.
    after=[
        Node("Cast", ["attention_mask"], ["mask.float"], {"to": FLOAT}),
        Node("Unsqueeze", ["mask.float", "pool.axis"], ["mask.row"]),
        Node("MatMul", ["mask.row", "last_hidden_state"], ["pooled.row"]),
        Node("Squeeze", ["pooled.row", "pool.axis"], ["pooled"]),
        Node("LpNormalization", ["pooled"], ["embedding"], {"axis": 1, "p": 2}),
    ],
)
