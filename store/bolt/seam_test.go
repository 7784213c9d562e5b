package bolt

import bbolt "go.etcd.io/bbolt"

// setSchema writes another schema version into an open file.
func setSchema(e *Engine, version byte) error {
	return e.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta()).Put([]byte("schema"), []byte{version}) })
}
