from random import Random

import numpy as np

from finetune import packing


def test_documents_stay_whole_and_nothing_is_lost():
    documents = [([n] * (5 + n % 7), 2) for n in range(1, 60)]
    packed = packing.pack(list(documents), 16, 0, Random(0))
    flat = [int(token) for row in packed["tokens"] for token in row if token]
    for ids, _ in documents:
        assert flat.count(ids[0]) == len(ids)
    for row in packed["tokens"]:
        changes = np.flatnonzero(np.diff(row.astype(int))).size
        assert changes <= len(set(row.tolist()))  # one run a document: none is cut in two


def test_the_part_to_skip_and_the_padding_are_not_trained_on():
    packed = packing.pack([([5, 6, 7, 8], 2)], 6, 0, Random(0))
    assert packed["tokens"].tolist() == [[5, 6, 7, 8, 0, 0]]
    assert packed["loss_mask"].tolist() == [[False, False, True, True, False, False]]


def test_a_document_longer_than_a_row_is_left_out():
    assert len(packing.pack([([1] * 9, 0)], 8, 0, Random(0))["tokens"]) == 0
