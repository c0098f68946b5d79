#!/bin/sh
# Runs the tritonserver that it is given, with every plan and the describer loaded that were laid out in its repository.
set -eu
repository=
for word in "$@"; do
  case $word in --model-repository=*) repository=${word#*=} ;; esac
done
for plan in "$repository"/*/1/model.plan; do
  [ -e "$plan" ] || continue
  model=${plan%/1/model.plan}
  set -- "$@" "--load-model=${model##*/}"
done
if [ -e "$repository/describe/config.pbtxt" ]; then set -- "$@" --load-model=describe; fi
# NVIDIA's own says what driver it found.
if [ -x /opt/nvidia/nvidia_entrypoint.sh ]; then set -- /opt/nvidia/nvidia_entrypoint.sh "$@"; fi
exec "$@"
