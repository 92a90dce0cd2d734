import gzip
import os
from pathlib import Path

import pytest

from tracking.motion_files import segments
from tracking.records import ConfigError
from tracking.rotation import quat_multiply
from tracking.sources.motion_reader import read_motion


def line(time_s, x=0.0):
    return f"{time_s} {x} 0 0 0 0 0 1"


@pytest.mark.parametrize("packed", [False, True])
def test_plain_and_gzip_files_are_read_alike(tmp_path, packed):
    content = "\n".join([line(1.0), line(1.05)]).encode()
    path = tmp_path / "motion.txt"
    path.write_bytes(gzip.compress(content) if packed else content)
    assert read_motion(path).times_ns == (1_000_000_000, 1_050_000_000)


@pytest.mark.parametrize(
    "content", [b"", b"\x1f\x8b broken", gzip.compress(b"1 2 3" * 999)[:-9], bytes(range(256)), line(1.0).encode()]
)
def test_unusable_files_are_refused_in_one_line(tmp_path, content):
    path = tmp_path / "motion.txt"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as refusal:
        read_motion(path)
    assert str(refusal.value).startswith(f"{path}: motion: ")
    assert len(refusal.value.findings) == 1


def test_a_missing_file_is_refused_in_one_line(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_motion(tmp_path / "absent.txt")


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "count", "gaps"),
    [("tum_rgbd_fr2_desk_groundtruth.txt.gz", 20956, 40), ("tum_vi_room4_groundtruth.txt.gz", 13075, 20)],
)
def test_real_recordings_are_read_with_their_dropouts(name, count, gaps):
    folder = os.environ.get("OPENSTAGE_DATA")
    if not folder:
        pytest.skip("OPENSTAGE_DATA does not name the folder of real recordings")
    track = read_motion(Path(folder) / "camera_motion" / name)
    assert len(track.poses) == count
    assert 0 < len(segments(track.times_ns, 100_000_000)) - 1 <= gaps
    assert all(abs(quat_multiply(p.rotation, (0.0, 0.0, 0.0, 1.0))[3]) <= 1.0 for p in track.poses[:10])
